import { mkdir, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { expect, test } from 'vitest';
import { CALLER, ONE_COMMAND, REMOTE, manifest, openHouse, idOf, type House } from './house.js';
import { folder, git, realHouse, repository } from './real-house.js';

const PWD = 'a [shape=parallelogram, script="pwd > where.txt; cat a.txt"] start -> a -> exit';
const OUTSIDE = { args: {} };

async function ended(house: House, statements: string, more: object) {
  const run = await house.start(statements, more);
  await Promise.race([house.event(run, 'run.completed'), house.event(run, 'run.failed')]);
  await house.queue.idle(run);
  return { run, summary: await house.service.get(run), events: house.events(run) };
}

test('a run in a subdirectory works in the same subdirectory of its worktree; the branch outlives the run', async () => {
  const repo = await repository();
  const house = await realHouse();
  const { run, summary } = await ended(house, PWD, { ...OUTSIDE, cwd: join(repo, 'sub') });
  expect(summary.error).toBeUndefined();
  expect(summary).toMatchObject({ status: 'completed', run_branch: `fabro/run/${run}` });
  const worktree = join(house.ports.storageRoot, 'scratch', `20260101-${run}`, 'worktree');
  expect(summary.working_directory).toBe(join(worktree, 'sub'));
  const state = await house.service.state(run);
  expect(state['sandbox']).toMatchObject({ working_directory: summary.working_directory });
  expect(git(repo, 'show', `fabro/run/${run}:sub/where.txt`).trim()).toBe(join(worktree, 'sub'));

  await house.service.remove(run, { force: false }, CALLER);
  expect(git(repo, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  expect(git(repo, 'branch', '--list', `fabro/run/${run}`)).toContain(run);
  expect(await readdir(join(house.ports.storageRoot, 'scratch'))).toEqual([]);
});

test('a child workflow works in the worktree of its parent, and its branches have branches of their own', async () => {
  const repo = await repository();
  const house = await realHouse();
  const child = [
    'digraph C { start -> w -> fan -> x fan -> y x -> join y -> join join -> exit',
    'fan [shape=component] join [shape=tripleoctagon]',
    ...['w', 'x', 'y'].map((id) => `${id} [shape=parallelogram, script=\\"touch ${id}.txt\\"]`),
    '}',
  ].join(' ');
  const { run, summary } = await ended(
    house,
    `m [shape=house, stack.child_dot_source="${child}"] start -> m -> exit`,
    { ...OUTSIDE, cwd: repo },
  );
  expect(summary.error).toBeUndefined();
  expect(git(repo, 'ls-tree', '--name-only', `fabro/run/${run}`).split('\n')).toContain('w.txt');
  expect(
    git(repo, 'branch', '--list', '--format=%(refname:short)', 'fabro/run/parallel/*')
      .trim()
      .split('\n'),
  ).toEqual([
    `fabro/run/parallel/${run}/m-1-child-fan/pass1/0`,
    `fabro/run/parallel/${run}/m-1-child-fan/pass1/1`,
  ]);
});

test('a cancelled run that is resumed goes on in its worktree, put back to its last commit', async () => {
  const repo = await repository();
  const house = await realHouse();
  const flag = join(await folder(), 'flag');
  const statements = `a [shape=parallelogram, script="echo a > a.txt"] b [shape=parallelogram, script="ls > seen.txt; echo b > half.txt; until test -e ${flag}; do sleep 0.05; done"] start -> a -> b -> exit`;
  const run = await house.start(statements, { ...OUTSIDE, cwd: repo });
  await house.event(run, 'command.started', 2);
  await house.service.cancel(run, CALLER);
  await house.event(run, 'run.failed');
  await writeFile(flag, '');
  await house.service.start(run, { resume: true }, CALLER);
  await house.event(run, 'run.completed');
  await house.queue.idle(run);
  expect(house.events(run).map((e) => e.event)).toContain('git.reset');
  expect(git(repo, 'show', `fabro/run/${run}:a.txt`)).toBe('a\n');
  expect(git(repo, 'show', `fabro/run/${run}:seen.txt`)).not.toContain('half.txt');
});

test('a caller that stands in the repository by a symbolic link gets the same place in the worktree', async () => {
  const repo = await repository();
  const link = join(await folder(), 'link');
  await symlink(repo, link);
  const house = await realHouse();
  const { summary } = await ended(house, PWD, { ...OUTSIDE, cwd: join(link, 'sub') });
  expect(summary.working_directory).toMatch(/\/worktree\/sub$/);
  expect(summary.status).toBe('completed');
});

test('a folder that has no committed file is there in the worktree all the same', async () => {
  const repo = await repository();
  await mkdir(join(repo, 'fresh'));
  const house = await realHouse();
  const { summary } = await ended(
    house,
    'a [shape=parallelogram, script="true"] start -> a -> exit',
    { ...OUTSIDE, cwd: join(repo, 'fresh') },
  );
  expect(summary.status).toBe('completed');
});

test('changes that are not committed are named in a notice, and the run begins without them', async () => {
  const repo = await repository();
  await writeFile(join(repo, 'sub', 'a.txt'), 'two\n');
  const house = await realHouse();
  const { summary, events, run } = await ended(house, PWD, { ...OUTSIDE, cwd: join(repo, 'sub') });
  expect(summary.status).toBe('completed');
  expect(events.find((e) => e.event === 'run.notice')?.properties).toMatchObject({
    level: 'warn',
    code: 'dirty_worktree',
  });
  expect(git(repo, 'show', `fabro/run/${run}:sub/a.txt`)).toBe('one\n');
});

test('a repository without a commit, and a folder without a repository, are worked in as they lie', async () => {
  const empty = await folder();
  git(empty, 'init', '-q');
  const house = await realHouse();
  for (const cwd of [empty, await folder()]) {
    const { summary } = await ended(
      house,
      'a [shape=parallelogram, script="true"] start -> a -> exit',
      { ...OUTSIDE, cwd },
    );
    expect(summary).toMatchObject({ status: 'completed', working_directory: cwd });
    expect(summary).not.toHaveProperty('run_branch');
    const notices = house
      .events(idOf(summary.run_id))
      .filter((event) => event.event === 'run.notice')
      .map((event) => event.properties['code']);
    // Where there is a repository, its owner expects a branch.
    expect(notices).toEqual(cwd === empty ? ['worktree_skipped_no_commit'] : []);
  }
});

test('decision 6: a worktree that cannot be made ends the run as sandbox_init_failed', async () => {
  const repo = await repository();
  const sha = git(repo, 'rev-parse', 'HEAD').trim();
  // The branch is taken by a file where git wants a folder of branches.
  git(repo, 'update-ref', 'refs/heads/fabro', sha);
  const house = await realHouse();
  const { summary } = await ended(house, PWD, { ...OUTSIDE, cwd: repo });
  expect(summary).toMatchObject({ status: 'failed', status_reason: 'sandbox_init_failed' });
  expect(summary.error?.message).toMatch(/^the run's folder or worktree could not be made: /);
});

test('decision 7: a missing cwd is taken at create, fails at start with bootstrap_failed, and never in a dry run', async () => {
  const house = await openHouse();
  const gone = join(await folder(), 'gone');
  const { summary } = await ended(house, ONE_COMMAND, { cwd: gone });
  expect(summary).toMatchObject({
    status: 'failed',
    status_reason: 'bootstrap_failed',
    error: {
      message: `the working directory ${gone} does not exist on this server; create it, or start the run from a folder that does`,
    },
  });
  const dry = await ended(house, ONE_COMMAND, { cwd: gone, args: { dry_run: true } });
  expect(dry.summary.status).toBe('completed');
});

test('a cwd that is a file fails at start with bootstrap_failed', async () => {
  const house = await openHouse();
  const file = join(await folder(), 'file');
  await writeFile(file, '');
  const { summary } = await ended(house, ONE_COMMAND, { cwd: file });
  expect(summary).toMatchObject({ status_reason: 'bootstrap_failed' });
  expect(summary.error?.message).toContain('is no folder');
});

test('§12 run.working_dir: is relative to the caller and may name variables, which must be there', async () => {
  const house = await openHouse({ env: { PART: 'sub' } });
  const cwd = await realpath(await folder());
  await mkdir(join(cwd, 'sub'));
  const inside = (name: string) => ({
    ...OUTSIDE,
    cwd,
    configs: [{ type: 'user' as const, source: `[run]\nworking_dir = "{{ env.${name} }}"` }],
  });
  const { summary } = await ended(house, ONE_COMMAND, inside('PART'));
  expect(summary).toMatchObject({ status: 'completed', working_directory: join(cwd, 'sub') });
  expect((await ended(house, ONE_COMMAND, inside('NOPE'))).summary).toMatchObject({
    status_reason: 'bootstrap_failed',
    error: { message: expect.stringContaining('run.working_dir names {{ env.NOPE }}') },
  });
});

test('a server that stops while a run begins records no failure; the next one begins it again', async () => {
  const house = await openHouse();
  const stuck: ((reason: unknown) => void)[] = [];
  const slow = house.next({
    sandbox: (request) => ({
      ...house.ports.sandbox(request),
      exec: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          stuck.push(reject);
        }),
    }),
  });
  const run = await slow.start(ONE_COMMAND, { ...OUTSIDE, cwd: await repository() });
  await house.event(run, 'sandbox.initializing');
  while (stuck.length === 0) await new Promise(setImmediate);
  await slow.queue.stop();
  expect(house.events(run).map((e) => e.event)).not.toContain('run.failed');
  expect(await house.service.status(run)).toMatchObject({
    status: 'starting',
    status_reason: 'sandbox_initializing',
  });
});

test('a cancel while the worktree is being made ends the run as cancelled before its first command', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const run = await house.create(ONE_COMMAND);
  await house.put(run, { event: 'run.starting', properties: {} });
  await house.service.cancel(run, CALLER);
  const next = house.next({ maxConcurrentRuns: 1 });
  next.queue.recover();
  await house.event(run, 'run.failed');
  await next.queue.idle(run);
  expect((await next.service.status(run)).status).toBe('cancelled');
  expect(house.commands.started).toEqual([]);
});

test('design decision 14: over the Unix socket a run may name any variable, from elsewhere only those allowed', async () => {
  const house = await openHouse({
    env: { OPEN: 'o', CLOSED: 'c', FABRO_DEV_TOKEN: 't' },
    envAllow: ['OPEN'],
  });
  const start = async (name: string, caller: typeof CALLER) => {
    const path = 'workflows/work/workflow.fabro';
    const base = manifest(ONE_COMMAND);
    const source = base.workflows[path]?.source ?? '';
    const config = {
      path: 'workflow.toml',
      source: `[run.sandbox.env]\nVALUE = "{{ env.${name} }}"\n`,
    };
    const { run } = await house.service.create(
      { ...base, workflows: { [path]: { source, config } } },
      caller,
    );
    await house.service.start(run.id, { resume: false }, caller);
    const id = idOf(run.id);
    await Promise.race([house.event(id, 'run.completed'), house.event(id, 'run.failed')]);
    return house.service.status(run.id);
  };
  expect((await start('CLOSED', CALLER)).status).toBe('completed');
  expect(house.commands.environments.at(-1)).toMatchObject({ VALUE: 'c' });
  expect((await start('OPEN', REMOTE)).status).toBe('completed');
  for (const [name, caller] of [
    ['CLOSED', REMOTE],
    ['FABRO_DEV_TOKEN', CALLER],
  ] as const)
    expect(await start(name, caller)).toMatchObject({
      status: 'failed',
      status_reason: 'bootstrap_failed',
      error: { message: expect.stringContaining(`{{ env.${name} }}`) },
    });
});

test('a run whose repository is gone can still be deleted', async () => {
  const repo = await repository();
  const house = await realHouse();
  const { run } = await ended(house, PWD, { ...OUTSIDE, cwd: join(repo, 'sub') });
  await rm(repo, { recursive: true, force: true });
  await house.service.remove(run, { force: false }, CALLER);
  await expect(house.service.status(run)).rejects.toThrow(`Run ${run} not found.`);
  expect(await readdir(join(house.ports.storageRoot, 'scratch'))).toEqual([]);
});

const NO_MODELS = {
  configured: false,
  resolve: () => {
    throw new FabroError('invalid_argument', 'no provider has a key');
  },
};
const ASK = 'a [prompt="Why?"] start -> a -> exit';

test('§7 a run whose stages would all ask a model that nobody has does not begin', async () => {
  const house = await openHouse({ models: NO_MODELS });
  const run = await house.start(ASK, { args: { in_place: true } });
  expect((await house.event(run, 'run.failed')).properties).toMatchObject({
    reason: 'bootstrap_failed',
    error:
      'No LLM providers configured. Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or pass --dry-run to simulate.',
  });
  expect(house.events(run).some((event) => event.event === 'stage.started')).toBe(false);
});

test('a run without such stages, and a dry run, need no model', async () => {
  const house = await openHouse({ models: NO_MODELS });
  const plain = await house.start(ONE_COMMAND, { args: { in_place: true } });
  await house.event(plain, 'run.completed');
  const dry = await house.start(ASK, { args: { dry_run: true } });
  await house.event(dry, 'run.completed');
});
