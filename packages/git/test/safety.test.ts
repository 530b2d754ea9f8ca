/** Design decision 14: nothing that a repository plants is run, and the caller's own tree stays as it is. */
import { mkdir, readFile, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { describe, expect, test } from 'vitest';
import { createGit } from '../src/index.js';
import { filterDrivers, filterOverrides, worktreeEnv } from '../src/safety.js';
import { BRANCH, type Bench, RUN, bench, shaOf, signal } from './support.js';

const HOOKS = [
  'pre-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'post-checkout',
  'post-merge',
  'post-index-change',
  'reference-transaction',
  'pre-auto-gc',
  'post-rewrite',
];

/** Programs that leave a mark when they run, wherever git can be told to run one. */
async function plant(b: Bench): Promise<{ marks(): Promise<readonly string[]> }> {
  const ran = join(b.folder, 'ran');
  await mkdir(ran);
  const program = async (name: string, rest = 'exit 0'): Promise<string> => {
    const path = join(b.folder, 'planted', name);
    await b.write(path, `#!/bin/sh\ntouch '${join(ran, name)}'\n${rest}\n`, 0o755);
    return path;
  };
  const attributes = [
    '*.txt filter=evil diff=evil',
    '*.proc filter=process',
    '*.eq filter=a=b',
    '*.inc filter=included',
    '*.wt filter=inworktree',
  ];
  await b.write(join(b.repo, '.gitattributes'), `${attributes.join('\n')}\n`);
  for (const name of ['x.proc', 'x.eq', 'x.inc', 'x.wt']) await b.write(join(b.repo, name), 'x\n');
  await b.git(b.repo, 'add', '-A');
  await b.git(b.repo, 'commit', '-q', '-m', 'attributes');

  const config = (key: string, value: string): Promise<string> =>
    b.git(b.repo, 'config', key, value);
  for (const name of HOOKS) {
    await program(`hooks/${name}`.replace('/', '-'));
    const mark = join(ran, `hook-${name}`);
    for (const folder of [join(b.folder, 'hooks'), join(b.repo, '.git', 'hooks')])
      await b.write(join(folder, name), `#!/bin/sh\ntouch '${mark}'\n`, 0o755);
  }
  for (const name of ['evil', 'a=b']) {
    const clean = await program(`clean-${name}`, 'cat');
    const smudge = await program(`smudge-${name}`, 'cat');
    await b.write(
      join(b.repo, '.git', 'config'),
      `${await readFile(join(b.repo, '.git', 'config'), 'utf8')}[filter "${name}"]\n\tclean = ${clean}\n\tsmudge = ${smudge}\n\trequired = true\n`,
    );
  }
  await config('filter.process.process', await program('filter-process', 'exit 1'));
  for (const [name, when] of [
    ['included', 'include.path'],
    ['inworktree', 'includeIf.gitdir:**/worktrees/**.path'],
  ] as const) {
    const file = join(b.folder, `${name}.config`);
    await b.write(
      file,
      `[filter "${name}"]\n\tclean = ${await program(`clean-${name}`, 'cat')}\n\tsmudge = ${await program(`smudge-${name}`, 'cat')}\n`,
    );
    await config(when, file);
  }
  await config('diff.evil.textconv', await program('textconv', 'cat "$1"'));
  await config('diff.evil.command', await program('diff-driver'));
  await config('diff.external', await program('diff-external'));
  await config('core.editor', await program('editor'));
  await config('core.pager', await program('pager', 'cat'));
  await config('core.sshCommand', await program('ssh'));
  await config('core.askPass', await program('askpass'));
  await config('gpg.program', await program('gpg', 'exit 1'));
  await config('log.showSignature', 'true');
  await config('submodule.recurse', 'true');
  await b.write(
    join(b.folder, 'home', '.gitconfig'),
    `[filter "evil"]\n\tclean = ${await program('home-clean', 'cat')}\n[core]\n\thooksPath = ${join(b.folder, 'hooks')}\n`,
  );
  await config('core.hooksPath', join(b.folder, 'hooks'));
  await config('core.fsmonitor', await program('fsmonitor'));
  await config('commit.gpgsign', 'true');
  await rm(ran, { recursive: true });
  await mkdir(ran);
  return { marks: async () => (await readdir(ran)).toSorted() };
}

/** What the user sees and has: status, HEAD, refs of their own, index, configuration, files. */
async function picture(b: Bench): Promise<Record<string, string>> {
  const quiet = [
    '--no-optional-locks',
    '-c',
    'core.fsmonitor=false',
    '-c',
    'core.hooksPath=/dev/null',
  ];
  const bytes = (name: string): Promise<string> => readFile(join(b.repo, '.git', name), 'hex');
  return {
    index: await bytes('index'),
    head: await bytes('HEAD'),
    config: await bytes('config'),
    main: await shaOf(b, b.repo, 'main'),
    status: await b.git(b.repo, ...quiet, 'status', '--porcelain=v2', '--branch'),
    files: (await readdir(b.repo)).toSorted().join(' '),
    a: await readFile(join(b.repo, 'a.txt'), 'utf8'),
  };
}

/** Every operation once, with changes to all kinds of planted files. */
async function runAll(b: Bench): Promise<void> {
  const git = createGit({ sandbox: b.sandbox });
  const call = { key: 'k', signal };
  const at = { dir: b.tree, ...call };
  const probed = await git.probe({ dir: b.repo, ...call });
  const base = probed?.headSha ?? '';
  expect(base).not.toBe('');
  await git.addWorktree({ repo: b.repo, path: b.tree, branch: BRANCH, sha: base, ...call });
  const commit = (key: string, dir = b.tree, branch = BRANCH) =>
    git.commitAll({
      dir,
      run: RUN,
      node: 'n',
      status: 'succeeded',
      completed: 1,
      branch,
      key,
      signal,
    });
  for (const name of ['a.txt', 'x.proc', 'x.eq', 'x.inc', 'x.wt', 'new.txt'])
    await b.write(join(b.tree, name), 'changed\n');
  const first = await commit('c1');
  await git.diff({ from: base, to: first.sha, ...at });
  await git.log({ limit: 10, ...at });
  await git.headSha(at);
  await git.currentBranch(at);
  for (const name of ['a.txt', 'x.proc', 'x.wt']) await b.write(join(b.tree, name), 'again\n');
  await git.reset({ sha: base, ...at });
  await git.fastForward({ sha: first.sha, ...at });
  await git.removeStaleLocks(at);
  const side = join(b.folder, 'storage', 'side');
  const branch = `fabro/run/parallel/${RUN}/p/pass1/x`;
  await git.addWorktree({ repo: b.tree, path: side, branch, sha: first.sha, ...call });
  await b.write(join(side, 'side.txt'), 'x\n');
  const second = await commit('c2', side, branch);
  await git.fastForward({ sha: second.sha, ...at });
  await git.removeWorktree({ repo: b.repo, path: side, ...call });
  await git.removeWorktree({ repo: b.repo, path: b.tree, ...call });
}

describe('planted programs', () => {
  test('hooks, fsmonitor, filters, external diffs, gpg, editors and pagers do not run in any operation', async () => {
    const b = await bench();
    const { marks } = await plant(b);
    await runAll(b);
    expect(await marks()).toEqual([]);
  });

  test("the same programs do run under the user's own git, so the plant is real", async () => {
    const b = await bench();
    const { marks } = await plant(b);
    await b
      .git(b.repo, '-c', 'commit.gpgsign=false', 'worktree', 'add', '-q', '-b', 'mine', b.tree)
      .catch(() => '');
    await b.git(b.repo, 'config', '--unset', 'filter.process.process');
    await b.git(
      b.repo,
      '-c',
      'commit.gpgsign=false',
      'worktree',
      'add',
      '-f',
      '-q',
      '-B',
      'mine',
      `${b.tree}2`,
    );
    for (const name of ['a.txt', 'x.eq', 'x.inc', 'x.wt'])
      await b.write(join(`${b.tree}2`, name), 'new\n');
    await b.git(`${b.tree}2`, 'add', '-A');
    await b.git(`${b.tree}2`, 'diff', '--cached');
    await b.git(`${b.tree}2`, '-c', 'commit.gpgsign=false', 'commit', '-q', '-m', 'x');
    expect(await marks()).toEqual(
      expect.arrayContaining([
        'clean-a=b',
        'clean-evil',
        'clean-included',
        'clean-inworktree',
        'filter-process',
        'fsmonitor',
        'hook-post-checkout',
        'hook-pre-commit',
        'hook-reference-transaction',
        'smudge-evil',
        'smudge-inworktree',
      ]),
    );
  });

  test('a filter that a stage configures inside a nested repository does not run, and its commit is kept', async () => {
    const b = await bench();
    const git = createGit({ sandbox: b.sandbox });
    const sha = await shaOf(b, b.repo);
    await git.addWorktree({ repo: b.repo, path: b.tree, branch: BRANCH, sha, key: 'w', signal });
    const commit = (key: string) =>
      git.commitAll({
        dir: b.tree,
        run: RUN,
        node: 'n',
        status: 'succeeded',
        completed: 1,
        branch: BRANCH,
        key,
        signal,
      });
    const nested = join(b.tree, 'vendor', 'it is nested');
    await mkdir(nested, { recursive: true });
    await b.git(nested, 'init', '-q');
    await b.write(join(nested, '.gitattributes'), '* filter=z\n');
    await b.write(join(nested, 'f'), 'one\n');
    await b.git(nested, 'add', '-A');
    await b.git(nested, 'commit', '-q', '-m', 'nested');
    await commit('k1');
    const mark = join(b.folder, 'nested-ran');
    await b.git(nested, 'config', 'filter.z.clean', `touch '${mark}'; cat`);
    await b.write(join(nested, 'f'), 'two and longer\n');
    await b.write(join(b.tree, 'a.txt'), 'two\n');
    await commit('k2');
    expect(await b.git(b.tree, 'show', 'HEAD:a.txt')).toBe('two\n');
    await expect(readFile(mark)).rejects.toThrow('ENOENT');

    await b.git(nested, 'commit', '-q', '-am', 'nested again');
    await rm(mark);
    await commit('k3');
    expect(await b.git(b.tree, 'rev-parse', 'HEAD:vendor/it is nested')).toBe(
      await b.git(nested, 'rev-parse', 'HEAD'),
    );
    await expect(readFile(mark)).rejects.toThrow('ENOENT');
  });
});

test("the user's own configuration is not read, so a mistake in it is no failure of a run", async () => {
  const b = await bench();
  await b.write(join(b.folder, 'home', '.gitconfig'), '[broken\n');
  await expect(runAll(b)).resolves.toBeUndefined();
});

describe("the caller's own tree", () => {
  test('status, index bytes, HEAD, configuration and files are the same after all operations', async () => {
    const b = await bench();
    await plant(b);
    // With these the user's own git below would run programs that fail or that change the picture.
    for (const key of ['core.fsmonitor', 'core.hooksPath', 'filter.process.process'])
      await b.git(b.repo, 'config', '--unset', key);
    await b.write(join(b.repo, 'staged.md'), 'staged\n');
    await b.git(b.repo, 'add', 'staged.md');
    await b.write(join(b.repo, 'a.txt'), 'not staged\n');
    await b.write(join(b.repo, 'untracked.md'), 'x\n');
    // The same content at another time: a status that may take locks would write the index anew.
    await utimes(join(b.repo, '.gitignore'), new Date(1_000), new Date(1_000));
    const before = await picture(b);
    await runAll(b);
    expect(await picture(b)).toEqual(before);
    expect(before['status']).toContain('untracked.md');
  });

  test('a worktree whose configuration names another tree cannot make a reset or commit act there', async () => {
    const b = await bench();
    const git = createGit({ sandbox: b.sandbox });
    const sha = await shaOf(b, b.repo);
    await git.addWorktree({ repo: b.repo, path: b.tree, branch: BRANCH, sha, key: 'w', signal });
    const victim = join(b.folder, 'victim');
    await b.write(join(victim, 'precious.txt'), 'mine\n');
    await b.git(b.repo, 'config', 'extensions.worktreeConfig', 'true');
    await b.git(b.tree, 'config', '--worktree', 'core.worktree', victim);
    await git.reset({ dir: b.tree, sha, key: 'r', signal });
    await git.commitAll({
      dir: b.tree,
      run: RUN,
      node: 'n',
      status: 'succeeded',
      completed: 1,
      branch: BRANCH,
      key: 'k',
      signal,
    });
    expect(await readdir(victim)).toEqual(['precious.txt']);
    expect(await b.git(b.repo, 'diff', '--stat', sha, BRANCH)).toBe('');
  });

  test('a worktree that lost its .git file never falls back to a repository above it', async () => {
    const b = await bench();
    const git = createGit({ sandbox: b.sandbox });
    const sha = await shaOf(b, b.repo);
    await b.git(b.folder, 'init', '-q', '-b', BRANCH);
    await git.addWorktree({ repo: b.repo, path: b.tree, branch: BRANCH, sha, key: 'w', signal });
    await rm(join(b.tree, '.git'));
    await expect(git.reset({ dir: b.tree, sha, key: 'r', signal })).rejects.toMatchObject({
      message: expect.stringContaining('not a git repository'),
    });
  });

  test("a .git file bent towards the caller's repository is a conflict, and nothing is committed there", async () => {
    const b = await bench();
    const git = createGit({ sandbox: b.sandbox });
    const sha = await shaOf(b, b.repo);
    await git.addWorktree({ repo: b.repo, path: b.tree, branch: BRANCH, sha, key: 'w', signal });
    await b.write(join(b.tree, '.git'), `gitdir: ${join(b.repo, '.git')}\n`);
    const before = await picture(b);
    await expect(
      git.commitAll({
        dir: b.tree,
        run: RUN,
        node: 'n',
        status: 'succeeded',
        completed: 1,
        branch: BRANCH,
        key: 'k',
        signal,
      }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await expect(git.reset({ dir: b.tree, sha, key: 'r', signal })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await picture(b)).toEqual(before);
  });
});

describe('overrides', () => {
  test('driver names are read whole, with dots, blanks and equals signs', () => {
    expect(
      filterDrivers('filter.lfs.clean\0filter.lfs.smudge\0filter.a=b.c d.process\nrun me\0'),
    ).toEqual(['lfs', 'a=b.c d']);
    expect(filterOverrides(['a=b'])).toEqual({
      GIT_CONFIG_COUNT: '4',
      GIT_CONFIG_KEY_0: 'filter.a=b.clean',
      GIT_CONFIG_VALUE_0: '',
      GIT_CONFIG_KEY_1: 'filter.a=b.smudge',
      GIT_CONFIG_VALUE_1: '',
      GIT_CONFIG_KEY_2: 'filter.a=b.process',
      GIT_CONFIG_VALUE_2: '',
      GIT_CONFIG_KEY_3: 'filter.a=b.required',
      GIT_CONFIG_VALUE_3: 'false',
    });
    expect(() => filterOverrides(Array.from({ length: 257 }, (_, i) => `f${i}`))).toThrow(
      FabroError,
    );
  });

  test('the search for a repository ends at the folder itself', () => {
    expect(worktreeEnv('/a/b/')).toEqual({ GIT_WORK_TREE: '/a/b/', GIT_CEILING_DIRECTORIES: '/a' });
    expect(worktreeEnv('/a').GIT_CEILING_DIRECTORIES).toBe('/');
  });
});
