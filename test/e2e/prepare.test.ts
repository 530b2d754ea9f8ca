/** `run.prepare` in real folders: what a step makes, what its failure says, and SIGKILL in the middle of one. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { ForkResult } from '@fabro/protocol';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { explainFailure } from './support/explain.js';
import { git, testHome } from './support/home.js';
import { expectNoLeftovers, expectNothingRuns, expectWholeRecord } from './support/judge.js';
import { startServer } from './support/server.js';
import { watch } from './support/watcher.js';

const GRAPH = `digraph Work { start [shape=Mdiamond] exit [shape=Msquare]
  use [shape=parallelogram, script="cat made.txt"]
  start -> use -> exit }`;

const steps = (...scripts: string[]): string =>
  scripts.map((s) => `[[run.prepare.steps]]\nscript = ${JSON.stringify(s)}\n`).join('\n');

it('§12 run.prepare: SIGKILL in a step repeats that step and no other, in the same worktree', async () => {
  const home = testHome();
  mkdirSync(home.at('reached'));
  const repo = home.repository('project', { 'README.md': 'A project.\n' });
  const die = `if mkdir ${home.at('reached')}/two 2> /dev/null; then kill -9 $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' ${home.storage}/server.json); sleep 60; fi`;
  const note = (id: string): string => `echo ${id} >> ${home.at('ledger')}`;
  const config = steps(
    `${note('one')}; echo made > made.txt`,
    `${note('two')}; ${die}; cat made.txt`,
    note('three'),
  );
  let server = await startServer(home);
  const run = await server.run(GRAPH, { cwd: repo, config });
  const watcher = watch(run, () => server);
  explainFailure(home, watcher);
  await server.exited;
  server = await startServer(home);
  expect(await server.ended(run)).toMatchObject({ status: 'completed' });
  await watcher.finished;
  expect(home.lines('ledger')).toEqual(['one', 'two', 'two', 'three']);
  const events = await expectWholeRecord(watcher, run, server);
  expect(events.filter((e) => e.event === 'setup.command.completed')).toHaveLength(3);
  expect(events.filter((e) => e.event === 'git.worktree.added')).toHaveLength(1);
  expect(events.filter((e) => e.event === 'run.resumed')).toHaveLength(1);
  expect(existsSync(`${repo}/made.txt`)).toBe(false);
  await expectNoLeftovers(server);
  await server.stop();
  await expectNothingRuns(server.rootId);
});

it('§12 run.prepare: a cancel ends the step that is under way with all its processes', async () => {
  const home = testHome();
  const server = await startServer(home);
  const run = await server.run(GRAPH, {
    config: steps(`echo begun > ${home.at('begun')}; sleep 600 & sleep 600`, 'true'),
    args: { in_place: true },
  });
  await server.event(run, 'setup.command.started');
  expect((await server.api('POST', `/runs/${run}/cancel`, { body: {} })).status).toBe(200);
  expect(await server.ended(run)).toMatchObject({
    status: 'cancelled',
    status_reason: 'cancelled',
    error: { message: 'Pipeline cancelled' },
  });
  await expectNoLeftovers(server);
  await server.stop();
});

it('§12 run.prepare: a failure quotes the end of the output, and steps have one time limit together', async () => {
  const home = testHome();
  const server = await startServer(home);
  const failing = await server.run(GRAPH, {
    config: steps('true', 'echo trying; echo no such package >&2; exit 3'),
    args: { in_place: true },
  });
  const late = await server.run(GRAPH, {
    config: `run.prepare.timeout = "1s"\n${steps('sleep 0.4', 'sleep 60')}`,
    args: { in_place: true },
  });
  expect(await server.ended(failing)).toMatchObject({
    status: 'failed',
    status_reason: 'bootstrap_failed',
    error: {
      message:
        'prepare step 2 of 2 failed with exit code 3: echo trying; echo no such package >&2; exit 3\nMend the command, or change run.prepare.steps[1] in the settings of the workflow or project, and start the run again.\n\n## stdout\ntrying\n\n## stderr\nno such package',
    },
  });
  expect(await server.ended(late)).toMatchObject({
    status_reason: 'bootstrap_failed',
    error: {
      message:
        'prepare step 2 of 2 did not end in time: sleep 60\nAll steps together may take 1 s; raise run.prepare.timeout, or do less in them.',
    },
  });
  await expectNoLeftovers(server);
  await server.stop();
});

const IGNORED = { '.gitignore': 'deps/\n', 'README.md': 'A project.\n' };

it('§12 run.prepare: what the steps made is there when a stage is repeated, and no part of what that stage changed', async () => {
  const home = testHome();
  mkdirSync(home.at('reached'));
  const repo = home.repository('project', IGNORED);
  const die = `if mkdir ${home.at('reached')}/use 2> /dev/null; then kill -9 $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' ${home.storage}/server.json); sleep 60; fi`;
  const graph = `digraph Work { start [shape=Mdiamond] exit [shape=Msquare]
    use [shape=parallelogram, script=${JSON.stringify(`cat made.txt deps/lib.txt; ${die}; echo used > used.txt`)}]
    start -> use -> exit }`;
  const config = steps('echo made > made.txt', 'mkdir deps; echo lib > deps/lib.txt');
  let server = await startServer(home);
  const run = await server.run(graph, { cwd: repo, config });
  await server.exited;
  server = await startServer(home);
  expect(await server.ended(run)).toMatchObject({ status: 'completed' });
  const events = await server.events(run);
  expect(events.filter((e) => e.event === 'setup.command.started')).toHaveLength(2);
  expect(git(repo, 'log', '--format=%s', `fabro/run/${run}`).split('\n')).toEqual([
    `fabro(${run}): use (succeeded)`,
    `fabro(${run}): prepare (succeeded)`,
    'first',
  ]);
  const files = (range: string): string => git(repo, 'diff', '--name-only', range);
  expect(files(`fabro/run/${run}~1..fabro/run/${run}`)).toBe('used.txt');
  expect(files(`fabro/run/${run}~2..fabro/run/${run}~1`)).toBe('made.txt');
  await server.stop();
});

it('§12 run.prepare: a fork is prepared in its own worktree, and so is a run whose folder was deleted', async () => {
  const home = testHome();
  const repo = home.repository('project', IGNORED);
  const graph = `digraph Work { start [shape=Mdiamond] exit [shape=Msquare]
    one [shape=parallelogram, script="cat deps/lib.txt"]
    two [shape=parallelogram, script=${JSON.stringify(`cat deps/lib.txt; test -e ${home.at('go')} || sleep 600`)}]
    start -> one -> two -> exit }`;
  const config = steps(`echo made >> ${home.at('ledger')}; mkdir deps; echo lib > deps/lib.txt`);
  let server = await startServer(home);
  const run = await server.run(graph, { cwd: repo, config });
  await server.event(run, 'command.started', 'two');
  await server.kill();
  rmSync(home.at('storage/scratch'), { recursive: true });
  home.write('go', '');
  server = await startServer(home);
  expect(await server.ended(run)).toMatchObject({ status_reason: 'completed' });
  expect(home.lines('ledger')).toEqual(['made', 'made']);

  const forked = await server.api('POST', `/runs/${run}/fork`, { body: { target: 'one' } });
  const id = forked.as(ForkResult).new_run_id;
  await server.api('POST', `/runs/${id}/start`, { body: { resume: true } });
  expect(await server.ended(id)).toMatchObject({ status_reason: 'completed' });
  expect(home.lines('ledger')).toEqual(['made', 'made', 'made']);
  const retros = (await server.events(id)).filter((e) => e.event === 'retro.completed');
  expect(
    retros.map((e) => z.object({ run_id: z.string() }).parse(e.properties['retro']).run_id),
  ).toEqual([id]);
  await server.stop();
});

it('§12 run.prepare: a preparation of a fork that failed is tried again when the run is resumed', async () => {
  const home = testHome();
  const repo = home.repository('project', IGNORED);
  const config = steps(`test ! -e ${home.at('broken')}`, `echo made >> ${home.at('ledger')}`);
  const graph = GRAPH.replace('cat made.txt', 'true');
  const server = await startServer(home);
  const run = await server.run(graph, { cwd: repo, config });
  expect(await server.ended(run)).toMatchObject({ status: 'completed' });
  const forked = await server.api('POST', `/runs/${run}/fork`, { body: { target: 'use' } });
  const id = forked.as(ForkResult).new_run_id;
  const resume = (): Promise<unknown> =>
    server.api('POST', `/runs/${id}/start`, { body: { resume: true } });
  home.write('broken', '');
  await resume();
  expect(await server.ended(id)).toMatchObject({ status_reason: 'bootstrap_failed' });
  rmSync(home.at('broken'));
  await resume();
  expect(await server.ended(id)).toMatchObject({ status: 'completed' });
  expect(home.lines('ledger')).toEqual(['made', 'made']);
  await server.stop();
});
