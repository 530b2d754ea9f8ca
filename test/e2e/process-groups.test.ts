/** Cancel, pause and time limits reach every process that a command started. */
import { describe, expect, it } from 'vitest';
import { type Home, testHome } from './support/home.js';
import { expectNoLeftovers } from './support/judge.js';
import { isAlive, marked, stateOf } from './support/processes.js';
import { type Server, startServer } from './support/server.js';
import { until } from './support/wait.js';
import { anyString, containing } from './support/matchers.js';

/** A shell, a child in the background, and a grandchild in a session of its own; all write their pids. */
const family = (home: Home, attributes = ''): string => `digraph Family {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  work [shape=parallelogram${attributes}, script="echo $$ >> ${home.at('pids')}; sleep 4000 & echo $! >> ${home.at('pids')}; setsid sh -c 'echo $$ >> ${home.at('pids')}; exec sleep 4000' & wait"]
  start -> work -> exit
}`;

async function pids(home: Home): Promise<readonly number[]> {
  await until('three processes', () => home.lines('pids').length === 3);
  const all = home.lines('pids').map(Number);
  expect(all.map(isAlive)).toEqual([true, true, true]);
  return all;
}

const gone = (all: readonly number[]) => until('the processes to end', () => !all.some(isAlive));
const control = (server: Server, run: string, action: string) =>
  server.api('POST', `/runs/${run}/${action}`);

describe('a command with children in the background', () => {
  it('is gone whole after a cancel, daemonised grandchildren too', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(family(home));
    const all = await pids(home);
    expect((await control(server, run, 'cancel')).status).toBe(200);
    expect(await server.ended(run)).toMatchObject({
      status: 'cancelled',
      status_reason: 'cancelled',
      error: { message: anyString() },
    });
    await gone(all);
    await expectNoLeftovers(server);
  });

  it('is stopped (state T) while the run is paused, and goes on after it', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(family(home));
    const [shell = 0, child = 0] = await pids(home);
    expect((await control(server, run, 'pause')).status).toBe(200);
    await until('the pause', async () => (await server.status(run)).status === 'paused');
    await until('the group to stand still', () => stateOf(shell) === 'T' && stateOf(child) === 'T');
    expect((await control(server, run, 'unpause')).status).toBe(200);
    await until('the group to go on', () => stateOf(shell) !== 'T' && stateOf(child) !== 'T');
    await until('the run to go on', async () => (await server.status(run)).status === 'running');
    expect((await control(server, run, 'cancel')).status).toBe(200);
    await server.ended(run);
    await expectNoLeftovers(server);
  });

  it('is gone after a cancel while it is paused', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(family(home));
    const all = await pids(home);
    await control(server, run, 'pause');
    await until('the pause', async () => (await server.status(run)).status === 'paused');
    expect((await control(server, run, 'cancel')).status).toBe(200);
    expect(await server.ended(run)).toMatchObject({ status: 'cancelled' });
    await gone(all);
  });

  it('is gone after its time limit, and the stage says so', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(family(home, ', timeout="1500ms"'));
    const all = await pids(home);
    // The way on has no condition, so the run ends well but for this stage.
    expect(await server.ended(run)).toMatchObject({ status_reason: 'partial_success' });
    const { properties } = await server.event(run, 'stage.failed', 'work');
    expect(properties['failure']).toMatchObject({
      message: containing('timed out after 1500ms'),
      failure_class: 'transient_infra',
      system_actor: 'timeout',
    });
    await gone(all);
    await expectNoLeftovers(server);
  });

  it('is gone when the server was killed and nobody started it again', async () => {
    const home = testHome();
    const server = await startServer(home);
    await server.run(family(home));
    const [shell = 0, child = 0] = await pids(home);
    await server.kill();
    // Without a server only the spawner can act: it ends the groups that it started.
    await until('the group to end', () => !isAlive(shell) && !isAlive(child));
    const next = await startServer(home);
    await expectNoLeftovers(next);
  });

  it('stays alone: what other storage roots started is not touched', async () => {
    const [one, two] = [testHome(), testHome()];
    const first = await startServer(one);
    const second = await startServer(two);
    await first.run(family(one));
    const all = await pids(one);
    await second.run(family(two));
    await pids(two);
    await second.kill();
    const again = await startServer(two);
    await until('the command to run again', () => marked(again.rootId).length > 1);
    expect(all.every(isAlive)).toBe(true);
  });
});
