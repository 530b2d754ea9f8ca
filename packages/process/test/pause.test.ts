import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, bench, eventually, manualPause, pidIn, stateOf } from './helpers.js';

test('pausing stops every process of the group, going on continues them', async () => {
  const { run, folder } = await bench();
  const pause = manualPause();
  const running = run(
    {
      argv: bash(
        'sleep 1000 & echo $! > child; echo $$ > main; until [ -e go ]; do sleep 0.01; done',
      ),
    },
    { pause },
  );
  const pids = [await pidIn(join(folder, 'child')), await pidIn(join(folder, 'main'))];
  pause.set(true);
  for (const pid of pids) {
    await eventually(() => (stateOf(pid) === 'T' ? true : undefined));
  }
  pause.set(false);
  await eventually(() => (pids.some((pid) => stateOf(pid) === 'T') ? undefined : true));
  await writeFile(join(folder, 'go'), '');
  expect(await running).toMatchObject({ termination: 'exited', exitCode: 0 });
  expect(pause.listeners.size).toBe(0);
});

test('time spent in a pause does not count against the timeout', async () => {
  const { run, folder } = await bench();
  const pause = manualPause();
  const running = run(
    { argv: bash('echo $$ > pid; sleep 0.3; echo done'), timeoutMs: 1_500 },
    { pause },
  );
  await pidIn(join(folder, 'pid'));
  pause.set(true);
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  pause.set(false);
  expect(await running).toMatchObject({ termination: 'exited', exitCode: 0 });
});

test('a paused group can be cancelled: it wakes up only to end', async () => {
  const { run, folder } = await bench();
  const pause = manualPause();
  const stop = new AbortController();
  const running = run({ argv: bash('echo $$ > pid; sleep 1000') }, { pause, signal: stop.signal });
  const pid = await pidIn(join(folder, 'pid'));
  pause.set(true);
  await eventually(() => (stateOf(pid) === 'T' ? true : undefined));
  stop.abort();
  expect(await running).toMatchObject({ termination: 'cancelled', signal: 'SIGTERM' });
});

test('a run that begins while paused starts nothing before it may go on', async () => {
  const { run, folder } = await bench();
  const pause = manualPause(true);
  const waiting = run({ argv: ['touch', 'started'] }, { pause });
  expect(await run({ argv: ['true'] })).toMatchObject({ exitCode: 0 });
  expect(existsSync(join(folder, 'started'))).toBe(false);
  pause.set(false);
  expect(await waiting).toMatchObject({ exitCode: 0 });
  expect(existsSync(join(folder, 'started'))).toBe(true);
  expect(pause.listeners.size).toBe(0);
});

test('a run that waits for the end of a pause can be cancelled', async () => {
  const { run } = await bench();
  const pause = manualPause(true);
  const stop = new AbortController();
  const waiting = run({ argv: ['true'] }, { pause, signal: stop.signal });
  stop.abort();
  expect(await waiting).toMatchObject({ termination: 'cancelled' });
  expect(pause.listeners.size).toBe(0);
});
