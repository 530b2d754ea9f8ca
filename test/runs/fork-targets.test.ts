import { foldStream } from '@fabro/engine';
import { expect, test } from 'vitest';
import { CHAIN, command, fork, over, ran, resume, treeOf } from './fork-house.js';
import { CALLER, ONE_COMMAND, idOf, openHouse } from './house.js';
import { git, realHouse, repository } from './real-house.js';

const PAGE = { limit: 20, offset: 0 };

test('§6 timeline: the checkpoints of the root path in order, start included, with the commit of each', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const entries = await house.service.timeline(run);
  expect(entries.map((e) => [e.ordinal, e.node_name, e.visit])).toEqual([
    [1, 'start', 1],
    [2, 'one', 1],
    [3, 'two', 1],
    [4, 'three', 1],
  ]);
  expect(entries[0]?.run_commit_sha).toBe(git(repo, 'rev-parse', 'main').trim());
  const commits = git(repo, 'log', '--reverse', '--format=%H', `main..fabro/run/${run}`);
  expect(entries.slice(1).map((e) => e.run_commit_sha)).toEqual(commits.trim().split('\n'));
  const kinds = new Map(house.events(run).map((e) => [e.seq, e.event]));
  for (const entry of entries) expect(kinds.get(entry.checkpoint_seq)).toBe('checkpoint.completed');
});

test('§6 fork: a target is an ordinal, node@visit, or a node for its latest visit; the latest checkpoint by default', async () => {
  const repo = await repository();
  const house = await realHouse();
  const statements = `${command('work', 'echo x >> work.txt')} ${command('check', 'test $(wc -l < work.txt) = 3')} start -> work -> check check -> work [condition="outcome=failed"] check -> exit`;
  const run = await ran(house, statements, repo);
  const lines = async (target?: string): Promise<number> => {
    const id = await fork(house, run, target);
    return git(repo, 'show', `fabro/run/${id}:work.txt`).length / 2;
  };
  expect(await lines('@2')).toBe(1);
  expect(await lines('work@2')).toBe(2);
  expect(await lines('work')).toBe(3);
  expect(await lines()).toBe(3);
  for (const target of ['@0', '@8', 'work@4', 'exit', 'nope', '@', 'work@'])
    await expect(fork(house, run, target)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: `run ${run} has no checkpoint "${target}"; it has @1 (start@1), @2 (work@1), @3 (check@1), @4 (work@2), @5 (check@2), @6 (work@3), @7 (check@3). A target is @ordinal, node@visit, or node for its latest visit.`,
    });
});

test('§6 fork: a stage inside a parallel branch, however deep, means the parallel node of the root path', async () => {
  const repo = await repository();
  const house = await realHouse();
  const statements = `${['a', 'b', 'c', 'd'].map((id) => command(id, `echo ${id} > ${id}.txt`)).join(' ')}
    split [shape=component] join [shape=tripleoctagon] inner [shape=component] meet [shape=tripleoctagon]
    start -> split split -> a split -> inner inner -> b inner -> c b -> meet c -> meet meet -> join a -> join join -> d -> exit`;
  const run = await ran(house, statements, repo);
  expect((await house.service.timeline(run)).map((e) => `${e.node_name}@${e.visit}`)).toEqual([
    'start@1',
    'split@1',
    'join@1',
    'd@1',
  ]);
  for (const target of ['a', 'c@1', 'inner', 'meet@1']) {
    const forked = await house.service.fork(run, { target }, CALLER);
    expect(forked.target).toBe('split@1');
    const id = idOf(forked.new_run_id);
    const source = foldStream(house.journal, run);
    expect(foldStream(house.journal, id).visits.get('c')).toBe(source.visits.get('c'));
    await resume(house, id);
    expect((await house.service.status(id)).status).toBe('completed');
  }
});

test('§6 fork: a run without commits is refused with the reason and the remedy', async () => {
  const house = await openHouse();
  const run = await house.start(ONE_COMMAND);
  await over(house, run);
  expect((await house.service.timeline(run)).map((e) => Object.keys(e))).toEqual(
    Array.from({ length: 2 }, () => ['ordinal', 'node_name', 'visit', 'checkpoint_seq']),
  );
  await expect(fork(house, run)).rejects.toMatchObject({
    code: 'conflict',
    message: `checkpoint a@1 of run ${run} has no commit, and a fork needs the files as they were: the run works in place, as a dry run, or outside a git repository. Run the workflow in a repository that has a commit, without --in-place and --dry-run; such a run can be forked.`,
  });
});

test('§6 fork: a run without checkpoints, and one that does not exist, are refused', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const run = await house.create(ONE_COMMAND);
  expect(await house.service.timeline(run)).toEqual([]);
  await expect(fork(house, run)).rejects.toMatchObject({
    code: 'conflict',
    message: `run ${run} has no checkpoint yet; try again when its first stage has ended`,
  });
  const gone = '01JZ0000000000000000009999';
  for (const act of [() => fork(house, gone), () => house.service.timeline(gone)])
    await expect(act()).rejects.toMatchObject({
      code: 'not_found',
      message: `Run ${gone} not found.`,
    });
});

test('§6 fork: a commit that the repository has lost is named, and nothing is left of the fork', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const sha = (await house.service.timeline(run)).at(-1)?.run_commit_sha ?? '';
  git(repo, 'worktree', 'remove', '--force', treeOf(house, run));
  git(repo, 'branch', '-D', `fabro/run/${run}`);
  git(repo, 'reflog', 'expire', '--expire=now', '--all');
  git(repo, 'gc', '-q', '--prune=now');
  await expect(fork(house, run)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`commit ${sha} is not in the repository ${repo}`),
  });
  expect((await house.service.list(PAGE, {})).data.map((r) => r.id)).toEqual([run]);
  expect(house.journal.streams({ limit: 10 }).map((s) => s.stream)).toEqual([run]);
  // The first checkpoint is a commit of the caller's own branch.
  expect((await house.service.status(await fork(house, run, '@1'))).status).toBe('submitted');
});

test('§6 fork: a stage of a child workflow means the manager node of the root path, its latest visit that has a checkpoint', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const run = await house.create(ONE_COMMAND);
  const numbers = { index: 0, attempt: 1, max_attempts: 1 };
  const started = (stage: string, frame?: string) => ({
    ...(frame === undefined ? {} : { frame_id: frame }),
    stage_id: stage,
    event: 'stage.started' as const,
    properties: { ...numbers, handler_type: 'command' },
  });
  const checkpoint = (stage: string, frame?: string) => ({
    ...(frame === undefined ? {} : { frame_id: frame }),
    stage_id: stage,
    event: 'checkpoint.completed' as const,
    properties: { status: 'succeeded' as const, current_node: stage.slice(0, -2) },
  });
  await house.put(
    run,
    started('manage@1'),
    started('build@1', 'root/manage@1:child'),
    checkpoint('build@1', 'root/manage@1:child'),
    started('lint@1', 'root/manage@1:child/split@1:0'),
    checkpoint('manage@1'),
    started('manage@2'),
    started('build@2', 'root/manage@2:child'),
    checkpoint('build@2', 'root/manage@2:child'),
  );
  // The run has no commits: the refusal says which checkpoint was meant.
  for (const target of ['build', 'build@1', 'lint', 'lint@1', 'manage'])
    await expect(fork(house, run, target), target).rejects.toThrow(
      `checkpoint manage@1 of run ${run} has no commit`,
    );
  await expect(fork(house, run, 'build@2')).rejects.toThrow('no checkpoint "build@2"');
});
