import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foldStream } from '@fabro/engine';
import { expect, test } from 'vitest';
import { CALLER, REMOTE, idOf } from './house.js';
import {
  CHAIN,
  command,
  factsAt,
  factsOf,
  filesAt,
  fork,
  over,
  ran,
  resume,
  treeOf,
} from './fork-house.js';
import { folder, git, realHouse, repository } from './real-house.js';

const PAGE = { limit: 20, offset: 0 };

test('§6 fork: the new run is submitted and stands where the source stood; nothing starts before it is resumed', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const before = house.events(run);
  const [, , two] = await house.service.timeline(run);
  const answer = await house.service.fork(run, { target: 'two' }, CALLER);
  expect(answer).toEqual({
    source_run_id: run,
    new_run_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
    target: 'two@1',
  });
  const id = idOf(answer.new_run_id);
  expect(id).not.toBe(run);
  expect(await house.service.get(id)).toMatchObject({
    status: 'submitted',
    fork_source_ref: { source_run_id: run, checkpoint_sha: two?.run_commit_sha },
    workflow_name: 'Work',
    run_branch: `fabro/run/${id}`,
    working_directory: treeOf(house, id),
  });
  expect(git(repo, 'rev-parse', `fabro/run/${id}`).trim()).toBe(two?.run_commit_sha);
  expect(existsSync(treeOf(house, id))).toBe(false);
  expect(factsOf(house, id)).toMatchObject({
    phase: { kind: 'at', node: 'three' },
    context: { current_node: 'two', outcome: 'succeeded' },
    outcomes: { start: {}, one: {}, two: { status: 'succeeded' } },
    headSha: two?.run_commit_sha,
    visits: { start: 1, one: 1, two: 1 },
    completed: 3,
  });
  expect((await house.service.stages(id, PAGE)).data.map((s) => [s.id, s.status])).toEqual([
    ['start@1', 'succeeded'],
    ['one@1', 'succeeded'],
    ['two@1', 'succeeded'],
  ]);

  await resume(house, id);
  expect(await house.service.status(id)).toMatchObject({ status: 'completed' });
  expect(filesAt(repo, id)).toEqual(['one.txt', 'sub', 'three.txt', 'two.txt']);
  expect(house.events(run)).toEqual(before);
});

test('§6 fork: copied events keep their times and get ids of their own; life and control of the source are left out', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  house.clock.advance(60_000);
  const id = await fork(house, run, '@2');
  const events = house.events(id);
  expect(events.map((e) => e.event)).toEqual([
    'run.created',
    'sandbox.initialized',
    'git.branch',
    'run.started',
    ...house
      .events(run)
      .map((e) => e.event)
      .slice(house.events(run).findIndex((e) => e.event === 'run.running') + 1)
      .slice(0, events.length - 5),
    'run.submitted',
  ]);
  expect(events.at(-2)).toMatchObject({
    event: 'checkpoint.completed',
    stage_id: 'one@1',
    ts: '2026-01-01T00:00:00.000Z',
    run_id: id,
  });
  expect(events[0]).toMatchObject({ ts: '2026-01-01T00:01:00.000Z', actor: CALLER.actor });
  const ids = new Set([...events, ...house.events(run)].map((e) => e.id));
  expect(ids.size).toBe(events.length + house.events(run).length);
  for (const event of events.slice(4, -1))
    expect(event.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
});

test('§6 fork: the worktree of a resumed fork has exactly the files of the checkpoint before it goes on', async () => {
  const repo = await repository();
  const house = await realHouse();
  const statements = `${command('one', 'echo one > one.txt')} ${command('look', 'ls')} ${command('two', 'echo two > two.txt')} start -> one -> look -> two -> exit`;
  const run = await ran(house, statements, repo);
  const id = await fork(house, run, 'one');
  await house.service.start(id, { resume: false }, CALLER);
  await over(house, id);
  const looked = house.events(id).filter((e) => e.event === 'command.completed')[1];
  expect(looked).toMatchObject({
    stage_id: 'look@1',
    properties: { stdout: { tail: 'one.txt\nsub\n' } },
  });
  const added = house.events(id).filter((e) => e.event === 'git.worktree.added');
  expect(added.map((e) => e.properties)).toEqual([
    { path: treeOf(house, id), branch: `fabro/run/${id}` },
  ]);
  // It waited to be started: that is no crash, and no worktree was lost.
  expect(house.events(id).filter((e) => e.event === 'run.notice')).toEqual([]);
  const resumed = house.events(id).findIndex((e) => e.event === 'run.resumed');
  expect(house.events(id).slice(resumed, resumed + 2)).toMatchObject([
    { event: 'run.resumed' },
    { event: 'git.worktree.added' },
  ]);
});

test('§6 fork: at every checkpoint of a run with loops, branches, questions and a second life, the fork folds to what the source was', async () => {
  const repo = await repository();
  const house = await realHouse();
  const flag = join(await folder(), 'flag');
  const statements = `${['a', 'b', 'd'].map((id) => command(id, `echo ${id} >> ${id}.txt`)).join(' ')}
    ${command('loop', 'echo x >> loop.txt; test $(wc -l < loop.txt) = 2')} ${command('wait', `until test -e ${flag}; do sleep 0.05; done`)}
    split [shape=component] join [shape=tripleoctagon] ask [shape=hexagon, label="Go?"]
    start -> loop -> ask loop -> loop [condition="outcome=failed"] ask -> split [label="[Y] Yes"] ask -> exit [label="[N] No"]
    split -> a split -> wait a -> b b -> join wait -> join join -> d -> exit`;
  const run = await house.start(statements, { args: {}, cwd: repo });
  const asked = await house.event(run, 'interview.started');
  const question = String(asked.properties['question_id']);
  await house.service.answer(run, question, { selected_option_key: 'Y' }, CALLER);
  await house.event(run, 'parallel.branch.completed');
  await house.service.cancel(run, CALLER);
  await over(house, run);
  await writeFile(flag, '');
  await house.service.start(run, { resume: true }, CALLER);
  await house.event(run, 'run.completed');
  await house.queue.idle(run);
  const entries = await house.service.timeline(run);
  expect(entries.map((e) => `${e.node_name}@${e.visit}`)).toEqual([
    'start@1',
    'loop@1',
    'loop@2',
    'ask@1',
    'split@2',
    'join@1',
    'd@1',
  ]);
  for (const entry of entries) {
    const id = await fork(house, run, `@${entry.ordinal}`);
    expect(factsOf(house, id)).toEqual(factsAt(house, run, entry.checkpoint_seq));
    expect((await house.service.timeline(id)).length).toBe(entry.ordinal);
  }
  expect((await house.service.fork(run, { target: 'wait' }, CALLER)).target).toBe('split@2');
  expect(foldStream(house.journal, await fork(house, run)).submissions).toBe(3);
  // What began in the first life and never came to a checkpoint is no target.
  await expect(fork(house, run, 'wait@1')).rejects.toThrow('has no checkpoint "wait@1"');
});

test('§6 fork: at a checkpoint from which the loop began again, so does the fork', async () => {
  const repo = await repository();
  const house = await realHouse();
  const statements = `${command('one', 'echo one > one.txt')} ${command('loop', 'if test -e loop.txt; then echo done; else echo again; fi; echo x >> loop.txt')}
    start -> one -> loop loop -> one [loop_restart=true, condition="command.output contains again"] loop -> exit`;
  const run = await ran(house, statements, repo);
  expect(house.events(run).map((e) => e.event)).toContain('loop.restart');
  for (const [target, completed] of [
    ['loop@1', 0],
    ['one@2', 1],
  ] as const) {
    const id = await fork(house, run, target);
    expect(foldStream(house.journal, id)).toMatchObject({
      completed,
      git: { runBranch: `fabro/run/${id}` },
    });
    expect(factsOf(house, id).outcomes).not.toHaveProperty('start');
    await resume(house, id);
    expect((await house.service.status(id)).status).toBe('completed');
    expect(git(repo, 'show', `fabro/run/${id}:loop.txt`)).toBe('x\nx\n');
  }
});

test('§6 fork: forks made at once are independent, each with a branch and a worktree of its own', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const forks = await Promise.all(['@2', '@2', '@3', 'start'].map((t) => fork(house, run, t)));
  expect(new Set(forks).size).toBe(4);
  await Promise.all(forks.map((id) => resume(house, id)));
  for (const id of forks) {
    expect((await house.service.status(id)).status).toBe('completed');
    expect(filesAt(repo, id)).toEqual(['one.txt', 'sub', 'three.txt', 'two.txt']);
    expect((await readdir(treeOf(house, id))).toSorted()).toEqual([
      '.git',
      'one.txt',
      'sub',
      'three.txt',
      'two.txt',
    ]);
  }
});

test('§6 fork: a fork can be forked, before and after it has gone on', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const first = await fork(house, run, 'two');
  const waiting = await fork(house, first, 'one');
  await resume(house, first);
  const ended = await fork(house, first);
  expect((await house.service.timeline(ended)).map((e) => e.node_name)).toEqual([
    'start',
    'one',
    'two',
    'three',
  ]);
  for (const id of [waiting, ended]) {
    expect((await house.service.get(id)).fork_source_ref?.source_run_id).toBe(first);
    await resume(house, id);
    expect((await house.service.status(id)).status).toBe('completed');
    expect(filesAt(repo, id)).toEqual(['one.txt', 'sub', 'three.txt', 'two.txt']);
  }
});

test('§6 fork: of a run that was cancelled and resumed, the fork has all that the source had at the checkpoint', async () => {
  const repo = await repository();
  const house = await realHouse();
  const flag = join(await folder(), 'flag');
  const statements = `${command('one', 'echo one > one.txt')} ${command('two', `until test -e ${flag}; do sleep 0.05; done; echo two > two.txt`)} start -> one -> two -> exit`;
  const run = await house.start(statements, { args: {}, cwd: repo });
  await house.event(run, 'command.started', 2);
  await house.service.cancel(run, CALLER);
  await over(house, run);
  await writeFile(flag, '');
  await house.service.start(run, { resume: true }, CALLER);
  await house.event(run, 'run.completed');
  await house.queue.idle(run);

  const id = await fork(house, run);
  const copied = factsOf(house, id);
  expect(copied).toMatchObject({
    phase: { kind: 'at', node: 'exit' },
    visits: { start: 1, one: 1, two: 2 },
  });
  const names = house.events(id).map((e) => e.event);
  expect(names).toContain('run.reopened');
  expect(names).not.toContain('run.failed');
  expect(await house.service.status(id)).toEqual({
    id,
    status: 'submitted',
    created_at: '2026-01-01T00:00:00.000Z',
  });
  await resume(house, id);
  expect((await house.service.status(id)).status).toBe('completed');
  expect(filesAt(repo, id)).toEqual(['one.txt', 'sub', 'two.txt']);
});

test('§6 fork: at a failure that had no way on, the fork visits the stage again, as resuming the source would', async () => {
  const repo = await repository();
  const house = await realHouse();
  const flag = join(await folder(), 'flag');
  const statements = `${command('one', 'false')} ${command('dead', `test -e ${flag}`)} start -> one one -> dead [condition="outcome=failed"] one -> exit`;
  const run = await ran(house, statements, repo);
  expect((await house.service.status(run)).status).toBe('failed');
  const id = await fork(house, run);
  await writeFile(flag, '');
  await resume(house, id);
  expect((await house.service.status(id)).status).toBe('completed');
  expect((await house.service.timeline(id)).map((e) => `${e.node_name}@${e.visit}`)).toEqual([
    'start@1',
    'one@1',
    'dead@1',
    'dead@2',
  ]);
});

test('§6 fork: a run that is under way can be forked, and goes on undisturbed', async () => {
  const repo = await repository();
  const house = await realHouse();
  const flag = join(await folder(), 'flag');
  const statements = `${command('one', 'echo one > one.txt')} ${command('two', `until test -e ${flag}; do sleep 0.05; done`)} start -> one -> two -> exit`;
  const run = await house.start(statements, { args: {}, cwd: repo });
  await house.event(run, 'command.started', 2);
  const id = await fork(house, run);
  await house.service.start(id, { resume: false }, CALLER);
  await house.event(id, 'command.started', 2);
  await writeFile(flag, '');
  await Promise.all([over(house, run), over(house, id)]);
  for (const one of [run, id]) expect((await house.service.status(one)).status).toBe('completed');
});

test('§6 fork: the source can be deleted; the fork keeps its history, its large outputs and its commits', async () => {
  const repo = await repository();
  const house = await realHouse();
  const statements = `${command('one', 'seq 1 20000; echo one > one.txt')} ${command('two', 'true')} start -> one -> two -> exit`;
  const run = await ran(house, statements, repo);
  const id = await fork(house, run, 'one');
  const hash =
    JSON.stringify(house.events(id))
      .match(/[0-9a-f]{64}/g)
      ?.at(-1) ?? '';
  const large = await house.service.blob(run, hash);
  await house.service.remove(run, { force: false }, CALLER);
  git(repo, 'branch', '-D', `fabro/run/${run}`);
  expect(await house.service.blob(id, hash)).toEqual(large);
  await resume(house, id);
  expect((await house.service.status(id)).status).toBe('completed');
  expect(filesAt(repo, id)).toEqual(['one.txt', 'sub']);
});

test('§6 fork: a long history is copied in parts', async () => {
  const repo = await repository();
  const house = await realHouse();
  const flag = join(await folder(), 'flag');
  const statements = `${command('one', `until test -e ${flag}; do sleep 0.05; done`)} start -> one -> exit`;
  const run = await house.start(statements, { args: {}, cwd: repo });
  await house.event(run, 'command.started');
  for (let part = 0; part < 3; part++)
    await house.put(
      run,
      ...Array.from({ length: 500 }, (_, i) => ({
        event: 'run.notice' as const,
        properties: { level: 'info' as const, code: 'note', message: `${part}.${i}` },
      })),
    );
  await writeFile(flag, '');
  await over(house, run);
  const id = await fork(house, run);
  const { lines } = await house.service.events(id, { sinceSeq: 501, limit: 499 });
  expect(lines.filter((line) => line.includes('run.notice'))).toHaveLength(499);
  await resume(house, id);
  expect((await house.service.status(id)).status).toBe('completed');
});

test('§6 fork: of a run that came over the Unix socket, the fork may name what the run may, whoever forks', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const { new_run_id: id } = await house.service.fork(run, {}, REMOTE);
  expect(foldStream(house.journal, idOf(id)).local).toBe(true);
});

test('a run whose worktree was deleted is forked, and resumes itself, from its branch', async () => {
  const repo = await repository();
  const house = await realHouse();
  const flag = join(await folder(), 'flag');
  const statements = `${command('one', 'echo one > one.txt')} ${command('two', `until test -e ${flag}; do sleep 0.05; done; ls > two.txt`)} start -> one -> two -> exit`;
  const run = await house.start(statements, { args: {}, cwd: repo });
  await house.event(run, 'command.started', 2);
  await house.service.cancel(run, CALLER);
  await over(house, run);
  await rm(join(house.ports.storageRoot, 'scratch'), { recursive: true });
  await writeFile(flag, '');
  const id = await fork(house, run, 'one');
  await resume(house, id);
  await house.service.start(run, { resume: true }, CALLER);
  await house.event(run, 'run.completed');
  await house.queue.idle(run);
  for (const one of [run, id]) {
    expect((await house.service.status(one)).status).toBe('completed');
    const seen = await readFile(join(treeOf(house, one), 'two.txt'), 'utf8');
    expect(seen).toBe('one.txt\nsub\ntwo.txt\n');
  }
});
