import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, bench, eventually, pidIn, processesWith, stateOf } from './helpers.js';

test('background grandchildren are ended when the program exits', async () => {
  const { run, folder } = await bench();
  const result = await run({ argv: bash('sleep 1000 & echo $! > pid; exit 7') });
  expect(result).toMatchObject({ termination: 'exited', exitCode: 7 });
  expect(stateOf(await pidIn(join(folder, 'pid')))).toBeUndefined();
});

test('aborting ends the whole group, and the result is `cancelled`', async () => {
  const { run, folder } = await bench();
  const stop = new AbortController();
  const running = run(
    { argv: bash('sleep 1000 & echo $! > pid; sleep 1000') },
    { signal: stop.signal },
  );
  const grandchild = await pidIn(join(folder, 'pid'));
  stop.abort();
  expect(await running).toMatchObject({ termination: 'cancelled', signal: 'SIGTERM' });
  expect(stateOf(grandchild)).toBeUndefined();
});

test('aborting ends a daemon that left the group too, and one of another run stays', async () => {
  const { run, folder } = await bench();
  const daemon = (name: string): string =>
    `setsid bash -c 'echo $$ > ${name}; exec sleep 1000' & until [ -s ${name} ]; do sleep 0.01; done; sleep 1000`;
  const [first, second] = [new AbortController(), new AbortController()];
  const one = run({ key: 'run/one', argv: bash(daemon('one')) }, { signal: first.signal });
  const two = run({ key: 'run/two', argv: bash(daemon('two')) }, { signal: second.signal });
  const [strayOne, strayTwo] = [await pidIn(join(folder, 'one')), await pidIn(join(folder, 'two'))];
  first.abort();
  expect(await one).toMatchObject({ termination: 'cancelled' });
  expect(stateOf(strayOne)).toBeUndefined();
  expect(stateOf(strayTwo)).toBeDefined();
  second.abort();
  await two;
  expect(stateOf(strayTwo)).toBeUndefined();
});

test('a program that handles TERM has 2 s for it and keeps its exit code', async () => {
  const { run, folder } = await bench();
  const stop = new AbortController();
  const running = run(
    { argv: bash('trap "sleep 0.2; exit 5" TERM; echo $$ > pid; while :; do sleep 0.05; done') },
    { signal: stop.signal },
  );
  await pidIn(join(folder, 'pid'));
  stop.abort();
  expect(await running).toMatchObject({ termination: 'cancelled', exitCode: 5 });
});

test('a program that ignores TERM gets KILL after 2 s', async () => {
  const { run, folder } = await bench();
  const stop = new AbortController();
  const running = run(
    { argv: bash('trap "" TERM; echo $$ > pid; while :; do sleep 0.05; done') },
    { signal: stop.signal },
  );
  await pidIn(join(folder, 'pid'));
  const askedAt = performance.now();
  stop.abort();
  expect(await running).toMatchObject({ termination: 'cancelled', signal: 'SIGKILL' });
  expect(performance.now() - askedAt).toBeGreaterThanOrEqual(1_990);
});

test('a grandchild that ignores TERM gets KILL too before the run resolves', async () => {
  const { run, folder } = await bench();
  const script = `(trap "" TERM; echo $BASHPID > pid; while :; do sleep 0.05; done) &
    until [ -s pid ]; do sleep 0.01; done; exit 0`;
  expect(await run({ argv: bash(script) })).toMatchObject({ termination: 'exited', exitCode: 0 });
  expect(stateOf(await pidIn(join(folder, 'pid')))).toBeUndefined();
});

test('a run past its time is ended as `timed_out`', async () => {
  const { run } = await bench();
  const result = await run({ argv: bash('sleep 1000'), timeoutMs: 150 });
  expect(result).toMatchObject({ termination: 'timed_out', signal: 'SIGTERM' });
  expect(result.durationMs).toBeGreaterThanOrEqual(149);
});

test('the time that ending background processes takes does not count against the timeout', async () => {
  const { run } = await bench();
  const script = `(trap "" TERM; echo $BASHPID > pid; while :; do sleep 0.05; done) &
    until [ -s pid ]; do sleep 0.01; done; exit 0`;
  const result = await run({ argv: bash(script), timeoutMs: 1_900 });
  expect(result).toMatchObject({ termination: 'exited', exitCode: 0 });
  expect(result.durationMs).toBeGreaterThan(1_900);
});

test('a signal that is aborted already starts nothing', async () => {
  const { run, rootId } = await bench();
  const result = await run({ argv: bash('sleep 1000') }, { signal: AbortSignal.abort() });
  expect(result).toEqual({
    termination: 'cancelled',
    durationMs: 0,
    stdoutBytes: 0,
    stderrBytes: 0,
  });
  expect(processesWith(rootId)).toEqual([]);
});

test('closing ends running groups as `cancelled`, ends the spawner, and refuses new runs', async () => {
  const { processes, run, folder, rootId } = await bench();
  const running = run({ argv: bash('echo $$ > pid; sleep 1000') });
  await pidIn(join(folder, 'pid'));
  expect(processesWith(rootId).length).toBeGreaterThan(0);
  await processes.close();
  expect(await running).toMatchObject({ termination: 'cancelled' });
  expect(processesWith(rootId)).toEqual([]);
  await processes.close();
  await expect(run({ argv: ['true'] })).rejects.toMatchObject({ code: 'unavailable' });
});

test('closing while the first run is still starting leaves nothing behind', async () => {
  const { processes, run, rootId } = await bench();
  const running = run({ argv: bash('sleep 1000') });
  await processes.close();
  expect(await running).toMatchObject({ termination: 'cancelled' });
  await eventually(() => (processesWith(rootId).length === 0 ? true : undefined));
});
