/** Decision 9 of the design: what a killed server started is ended by itself or found and ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { bash, bench, eventually, pidIn, processesWith, stateOf } from './helpers.js';

/** Starts a server of its own whose one run executes the script. */
function startServer(rootId: string, folder: string, script: string): ChildProcess {
  const program = fileURLToPath(new URL('./server-script.ts', import.meta.url));
  const server = spawn(process.execPath, ['--import', 'tsx', program, rootId, folder, script], {
    stdio: 'ignore',
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  return server;
}

test('the spawner ends its groups and itself when its server is killed with SIGKILL', async () => {
  const { rootId, folder } = await bench();
  const server = startServer(
    rootId,
    folder,
    'sleep 1000 & (trap "" TERM; echo $BASHPID > stubborn; while :; do sleep 0.05; done) & echo $$ > pid; wait',
  );
  const pids = [await pidIn(join(folder, 'pid')), await pidIn(join(folder, 'stubborn'))];
  server.kill('SIGKILL');
  await eventually(() => (processesWith(rootId).length === 0 ? true : undefined));
  expect(pids.map(stateOf)).toEqual([undefined, undefined]);
});

test('a daemon that left its session is found by its mark after the server was killed', async () => {
  const { rootId, folder, processes } = await bench();
  const server = startServer(
    rootId,
    folder,
    `setsid bash -c 'echo $$ > daemon; sleep 1000 & echo $! > helper; wait' & echo $$ > pid; wait`,
  );
  await pidIn(join(folder, 'pid'));
  const daemon = await pidIn(join(folder, 'daemon'));
  const helper = await pidIn(join(folder, 'helper'));
  server.kill('SIGKILL');
  await eventually(() => (processesWith(rootId).length === 2 ? true : undefined));
  expect(stateOf(daemon)).toBeDefined();
  const found = await processes.endLeftovers();
  expect(found.toSorted((a, b) => a.pid - b.pid)).toEqual(
    [daemon, helper].toSorted((a, b) => a - b).map((pid) => ({ key: 'run/root/work@1', pid })),
  );
  expect([daemon, helper].map(stateOf)).toEqual([undefined, undefined]);
});

test('a daemon that double-forked and ignores TERM gets KILL', async () => {
  const { rootId, folder, processes } = await bench();
  const server = startServer(
    rootId,
    folder,
    `(setsid bash -c 'trap "" TERM; echo $$ > daemon; while :; do sleep 0.05; done' &) ; sleep 1000`,
  );
  const daemon = await pidIn(join(folder, 'daemon'));
  server.kill('SIGKILL');
  await processes.endLeftovers();
  expect(stateOf(daemon)).toBeUndefined();
  expect(processesWith(rootId)).toEqual([]);
});

test('an orphaned spawner that hangs is ended together with what it started', async () => {
  const { rootId, folder, processes } = await bench();
  const server = startServer(rootId, folder, 'echo $$ > pid; sleep 1000');
  const child = await pidIn(join(folder, 'pid'));
  const spawners = processesWith(`FABRO_SPAWN=${rootId}/\0`);
  for (const pid of spawners) process.kill(pid, 'SIGSTOP');
  server.kill('SIGKILL');
  const found = await processes.endLeftovers();
  expect(found).toContainEqual({ key: 'run/root/work@1', pid: child });
  expect(processesWith(rootId)).toEqual([]);
});

test('only keys with the prefix are ended, and what this instance started is left alone', async () => {
  const { rootId, folder, processes, run } = await bench();
  startServer(rootId, folder, 'echo $$ > pid; sleep 1000');
  const other = await pidIn(join(folder, 'pid'));
  const stop = new AbortController();
  const mine = run({ argv: bash('echo $$ > mine; sleep 1000') }, { signal: stop.signal });
  const own = await pidIn(join(folder, 'mine'));
  expect(await processes.endLeftovers('other/')).toEqual([]);
  expect(stateOf(other)).toBeDefined();
  expect(await processes.endLeftovers('run/root/work')).toContainEqual({
    key: 'run/root/work@1',
    pid: other,
  });
  expect(stateOf(other)).toBeUndefined();
  expect(stateOf(own)).toBeDefined();
  stop.abort();
  await mine;
});

test('another root is left alone', async () => {
  const [one, two] = [await bench(), await bench()];
  const stop = new AbortController();
  const running = one.run({ argv: bash('echo $$ > pid; sleep 1000') }, { signal: stop.signal });
  const pid = await pidIn(join(one.folder, 'pid'));
  expect(await two.processes.endLeftovers()).toEqual([]);
  expect(stateOf(pid)).toBeDefined();
  stop.abort();
  await running;
});

test('when the spawner dies its runs end as `unavailable`, their processes too, and the next run works', async () => {
  const { rootId, folder, run } = await bench();
  const running = run({ key: 'k', argv: bash('sleep 1000 & echo $$ > pid; wait') });
  const pid = await pidIn(join(folder, 'pid'));
  const failure = running.catch((error: unknown) => error);
  for (const spawner of processesWith(`FABRO_SPAWN=${rootId}/\0`)) process.kill(spawner, 'SIGKILL');
  expect(await failure).toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(
      /^command k \(bash\) was ended: the spawner ended with SIGKILL.*Its effects are unknown\.$/s,
    ),
  });
  expect(stateOf(pid)).toBeUndefined();
  expect(await run({ argv: ['true'] })).toMatchObject({ exitCode: 0 });
});
