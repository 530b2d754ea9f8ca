/** Decision 6: each of the eleven reasons that a status can have, reached in the product. */
import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../packages/journal/src/sqlite/database.js';
import { git, testHome } from './support/home.js';
import { type Server, startServer } from './support/server.js';
import { until } from './support/wait.js';
import { matching } from './support/matchers.js';

/** One stage between start and exit; `more` are further statements. */
const one = (attributes: string, more = ''): string => `digraph One {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  work [${attributes}]
  ${more}
  start -> work -> exit
}`;

/** A stage without a way on: when it fails the run fails for its reason. */
const deadEnd = (attributes: string): string => `digraph DeadEnd {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  fork [shape=diamond]
  work [${attributes}]
  start -> fork
  fork -> work
  fork -> exit [condition="outcome=failed"]
}`;

const command = (script: string): string => `shape=parallelogram, script=${JSON.stringify(script)}`;

async function endOf(server: Server, graph: string, cwd?: string) {
  return server.ended(await server.run(graph, cwd === undefined ? {} : { cwd }));
}

const failed = (status_reason: string, message: RegExp) => ({
  status: 'failed',
  status_reason,
  error: { message: matching(message) },
});

describe('status_reason', () => {
  it('completed, partial_success, workflow_error, transient_infra, budget_exhausted: how stages end', async () => {
    const home = testHome();
    const server = await startServer(home);
    const well = await endOf(server, one(command('true')));
    expect(well).toMatchObject({ status: 'completed', status_reason: 'completed' });
    expect(well).not.toHaveProperty('error');
    expect(await endOf(server, one(command('false')))).toMatchObject({
      status: 'completed',
      status_reason: 'partial_success',
    });
    expect(await endOf(server, one(`${command('false')}, goal_gate=true`))).toMatchObject(
      failed('workflow_error', /^goal gate unsatisfied for node work/),
    );
    const cycle = `digraph Cycle {
      start [shape=Mdiamond]
      exit [shape=Msquare]
      work [${command('true')}, max_visits=3]
      start -> work
      work -> exit [condition="outcome=failed"]
      work -> work
    }`;
    expect(await endOf(server, cycle)).toMatchObject(
      failed(
        'workflow_error',
        /^node "work" visited 4 times \(node limit 3\); run is stuck in a cycle$/,
      ),
    );
    const breaker = cycle.replace('true', 'false').replace('outcome=failed', 'outcome=succeeded');
    expect(await endOf(server, breaker)).toMatchObject(
      failed('workflow_error', /^deterministic failure cycle detected: .* repeated 3 times/),
    );
    expect(await endOf(server, deadEnd(command('echo connection refused; exit 1')))).toMatchObject(
      failed(
        'transient_infra',
        /^stage work failed with no outgoing fail edge: Script failed with exit code: 1/,
      ),
    );
    expect(
      await endOf(server, deadEnd(command('echo the token limit is reached; exit 1'))),
    ).toMatchObject(failed('budget_exhausted', /token limit/));
  });

  it('cancelled: a run that waits and a run that acts', async () => {
    const home = testHome();
    const server = await startServer(home);
    for (const start of [false, true]) {
      const run = await server.create(one(command('sleep 4000')));
      if (start) {
        await server.api('POST', `/runs/${run}/start`, { body: {} });
        await server.event(run, 'command.started');
      }
      expect((await server.api('POST', `/runs/${run}/cancel`)).status).toBe(200);
      expect(await server.ended(run)).toMatchObject({
        status: 'cancelled',
        status_reason: 'cancelled',
        error: { message: 'Pipeline cancelled' },
      });
    }
  });

  it('terminated: the third crash without a checkpoint ends the run and names the stage (design decision 10)', async () => {
    const home = testHome();
    let server = await startServer(home);
    const run = await server.run(one(command(`echo work >> ${home.at('ledger')}; sleep 4000`)));
    for (let crash = 1; crash <= 3; crash++) {
      await until(`attempt ${crash}`, () => home.lines('ledger').length === crash);
      await server.kill();
      server = await startServer(home);
    }
    expect(await server.ended(run)).toMatchObject(
      failed('terminated', /died 3 times in a row in work@1/),
    );
    expect(home.lines('ledger')).toHaveLength(3);
  });

  it('launch_failed: the manifest is no longer in the journal when the run is taken up', async () => {
    const home = testHome();
    let server = await startServer(home);
    const run = await server.run(one(command('sleep 4000')));
    await server.event(run, 'command.started');
    await server.kill();
    forgetBlobs(home.at('storage', 'journal.db'));
    server = await startServer(home);
    expect(await server.ended(run)).toMatchObject(
      failed('launch_failed', /manifest of run .+ is not in the journal/),
    );
  });

  it('bootstrap_failed: the folder of the run does not exist, but a dry run does not need it (decision 7)', async () => {
    const home = testHome();
    const server = await startServer(home);
    const cwd = home.at('nowhere');
    expect(await endOf(server, one(command('true')), cwd)).toMatchObject(
      failed('bootstrap_failed', /nowhere does not exist/),
    );
    const dry = await server.run(one(command('false')), { cwd, args: { dry_run: true } });
    expect(await server.ended(dry)).toMatchObject({
      status: 'completed',
      status_reason: 'completed',
    });
  });

  it('sandbox_init_failed: the worktree cannot be made', async () => {
    const home = testHome();
    const server = await startServer(home);
    const repo = home.repository('project', { 'a.txt': 'a\n' });
    // A branch of this name leaves no room for `fabro/run/<id>`.
    git(repo, 'branch', 'fabro');
    expect(await endOf(server, one(command('true')), repo)).toMatchObject(
      failed('sandbox_init_failed', /worktree could not be made.*fabro/s),
    );
    expect(git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('sandbox_initializing: a starting run while its worktree is made', async () => {
    const home = testHome();
    const repo = home.repository('project', { 'a.txt': 'a\n' });
    const slow = home.write(
      'bin/git',
      `#!/bin/sh\nuntil [ -e '${home.at('go')}' ]; do sleep 0.02; done\nPATH='${process.env['PATH']}' exec git "$@"\n`,
    );
    chmodSync(slow, 0o755);
    const server = await startServer(home, {
      env: { PATH: `${home.at('bin')}:${process.env['PATH']}` },
    });
    const run = await server.run(one(command('true')), { cwd: repo });
    await server.event(run, 'sandbox.initializing');
    expect(await server.status(run)).toMatchObject({
      status: 'starting',
      status_reason: 'sandbox_initializing',
    });
    home.write('go', '');
    expect(await server.ended(run)).toMatchObject({ status: 'completed' });
  });
});

/** What no user can do but a damaged disk can. */
function forgetBlobs(path: string): void {
  const database = openDatabase(path, { readOnly: false });
  database.exec('PRAGMA foreign_keys = OFF; DELETE FROM blobs');
  database.close();
}
