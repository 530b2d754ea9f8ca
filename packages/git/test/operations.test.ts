import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { describe, expect, test } from 'vitest';
import { createGit } from '../src/index.js';
import { parseStatus, withoutCredentials } from '../src/probe.js';
import { BRANCH, RUN, bench, exists, shaOf, signal, stage, withWorktree } from './support.js';

describe('probe', () => {
  test('a repository is described by root, commit, branch, state and origin, without credentials', async () => {
    const b = await bench();
    await b.git(b.repo, 'remote', 'add', 'origin', 'https://me:secret@example.org/x.git');
    await mkdir(join(b.repo, 'sub'));
    const git = createGit({ sandbox: b.sandbox });
    const clean = await git.probe({ dir: join(b.repo, 'sub'), key: 'p', signal });
    expect(clean).toEqual({
      root: b.repo,
      headSha: await shaOf(b, b.repo),
      branch: 'main',
      dirty: false,
      originUrl: 'https://example.org/x.git',
    });
    await b.write(join(b.repo, 'new.txt'), 'x');
    expect((await git.probe({ dir: b.repo, key: 'p', signal }))?.dirty).toBe(true);
  });

  test('a folder outside any repository is undefined; a repository without commits has no sha', async () => {
    const b = await bench();
    const git = createGit({ sandbox: b.sandbox });
    expect(await git.probe({ dir: b.folder, key: 'p', signal })).toBeUndefined();
    const empty = join(b.folder, 'empty');
    await mkdir(empty);
    await b.git(empty, 'init', '-q', '-b', 'trunk');
    expect(await git.probe({ dir: empty, key: 'p', signal })).toEqual({
      root: empty,
      branch: 'trunk',
      dirty: false,
    });
    expect(await git.headSha({ dir: empty, key: 'p', signal })).toBeUndefined();
  });

  test('without git the error names git and how to install it', async () => {
    const b = await bench();
    const git = createGit({
      sandbox: {
        exec: () => Promise.reject(new FabroError('missing_program', 'git: not on PATH')),
      },
    });
    await expect(git.probe({ dir: b.repo, key: 'p', signal })).rejects.toMatchObject({
      code: 'missing_program',
      message: expect.stringContaining('apt-get install git'),
    });
  });

  test('a git that ends with 127 inside a container counts as missing', async () => {
    const b = await bench();
    const git = createGit({
      sandbox: {
        exec: (_request, options) =>
          b.sandbox.exec({ key: 'x', argv: ['bash', '-c', 'exit 127'], cwd: b.folder }, options),
      },
    });
    await expect(git.probe({ dir: b.repo, key: 'p', signal })).rejects.toMatchObject({
      code: 'missing_program',
    });
  });

  test('status headers and entries are read apart', () => {
    expect(parseStatus('# branch.oid (initial)\0# branch.head (detached)\0')).toEqual({
      dirty: false,
    });
    expect(parseStatus('# branch.oid abc\0# branch.head main\0? x\0')).toEqual({
      headSha: 'abc',
      branch: 'main',
      dirty: true,
    });
    expect(withoutCredentials('git@github.com:a/b.git')).toBe('git@github.com:a/b.git');
  });
});

describe('worktrees (§6)', () => {
  test('a worktree is on its branch at the commit, and adding it again starts afresh', async () => {
    const b = await bench();
    const { git, base } = await withWorktree(b);
    expect(await git.currentBranch({ dir: b.tree, key: 'k', signal })).toBe(BRANCH);
    await b.write(join(b.tree, 'left-over.txt'), 'x');
    await git.commitAll(stage(b, 'k1'));
    await git.addWorktree({
      repo: b.repo,
      path: b.tree,
      branch: BRANCH,
      sha: base,
      key: 'w',
      signal,
    });
    expect(await git.headSha({ dir: b.tree, key: 'k', signal })).toBe(base);
    expect(await exists(join(b.tree, 'left-over.txt'))).toBe(false);
    expect(await readFile(join(b.tree, 'a.txt'), 'utf8')).toBe('one\n');
  });

  test.each(['the folder is gone', 'its .git file is gone', 'the storage root moved'])(
    'a stale worktree is replaced when %s',
    async (what) => {
      const b = await bench();
      const { git, base } = await withWorktree(b);
      if (what === 'its .git file is gone') await rm(join(b.tree, '.git'));
      else await rm(b.tree, { recursive: true });
      const path = what === 'the storage root moved' ? join(b.folder, 'moved', 'w') : b.tree;
      await git.addWorktree({ repo: b.repo, path, branch: BRANCH, sha: base, key: 'w', signal });
      expect(await git.headSha({ dir: path, key: 'k', signal })).toBe(base);
    },
  );

  test("another worktree of the caller's whose disk is not mounted keeps its registration", async () => {
    const b = await bench();
    const other = join(b.folder, 'usb-stick');
    await b.git(b.repo, 'worktree', 'add', '-q', other);
    await rm(other, { recursive: true });
    await withWorktree(b);
    expect(await b.git(b.repo, 'worktree', 'list')).toContain('usb-stick');
  });

  test('removing leaves the branch, and removing again is no failure', async () => {
    const b = await bench();
    const { git, base } = await withWorktree(b);
    await b.write(join(b.tree, 'a.txt'), 'changed\n');
    await git.removeWorktree({ repo: b.repo, path: b.tree, key: 'r', signal });
    await git.removeWorktree({ repo: b.repo, path: b.tree, key: 'r', signal });
    expect(await exists(b.tree)).toBe(false);
    expect(await shaOf(b, b.repo, BRANCH)).toBe(base);
    expect(await b.git(b.repo, 'worktree', 'list')).not.toContain(b.tree);
  });

  test('a whole repository, a folder above the repository and a branch of the caller are refused', async () => {
    const b = await bench();
    const git = createGit({ sandbox: b.sandbox });
    const ask = {
      repo: b.repo,
      path: b.tree,
      branch: BRANCH,
      sha: await shaOf(b, b.repo),
      key: 'w',
      signal,
    };
    await expect(git.addWorktree({ ...ask, branch: 'main' })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    for (const path of [b.folder, b.repo, '/', 'relative/x', `${b.folder}/x/../repo`])
      await expect(git.addWorktree({ ...ask, path })).rejects.toMatchObject({
        code: 'invalid_argument',
      });
    const foreign = join(b.folder, 'foreign');
    await mkdir(foreign);
    await b.git(foreign, 'init', '-q');
    await expect(git.addWorktree({ ...ask, path: foreign })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await exists(join(foreign, '.git'))).toBe(true);
  });
});

describe('commits (§6)', () => {
  test('the message names run, stage and call; author and committer are Fabro', async () => {
    const b = await bench();
    const { git } = await withWorktree(b);
    await b.write(join(b.tree, 'b.txt'), 'two\n');
    const { sha, adopted } = await git.commitAll(stage(b, `${RUN}/root/fix@1/commit`));
    expect(adopted).toBe(false);
    expect(sha).toBe(await shaOf(b, b.repo, BRANCH));
    expect(await b.git(b.repo, 'log', '-1', '--format=%an <%ae>|%cn <%ce>|%n%B', BRANCH)).toBe(
      `Fabro <noreply@fabro.sh>|Fabro <noreply@fabro.sh>|
fabro(${RUN}): fix (succeeded)

Fabro-Run: ${RUN}
Fabro-Completed: 2
Fabro-Call: ${RUN}/root/fix@1/commit

⚒️ Generated with [Fabro](https://fabro.sh)

`,
    );
  });

  test('a configured author signs, and Fabro is named as co-author', async () => {
    const b = await bench();
    const { base } = await withWorktree(b);
    const git = createGit({
      sandbox: b.sandbox,
      author: { name: 'Ada', email: 'ada@example.org' },
    });
    await git.commitAll({ ...stage(b, 'k'), metadataSha: base, message: 'parallel_base' });
    const text = await b.git(b.repo, 'log', '-1', '--format=%an %ae%n%B', BRANCH);
    expect(text).toMatch(/^Ada ada@example.org\nparallel_base\n/);
    expect(text).toContain(`\nFabro-Checkpoint: ${base}\nFabro-Call: k\n`);
    expect(text.trimEnd()).toMatch(/\nCo-Authored-By: Fabro <noreply@fabro.sh>$/);
  });

  test('a commit that was made but not recorded is adopted; another call commits, even without changes', async () => {
    const b = await bench();
    const { git, base } = await withWorktree(b);
    await b.write(join(b.tree, 'b.txt'), 'two\n');
    const first = await git.commitAll(stage(b, 'k1'));
    await b.write(join(b.tree, 'late.txt'), 'x\n');
    expect(await git.commitAll(stage(b, 'k1'))).toEqual({ sha: first.sha, adopted: true });
    await rm(join(b.tree, 'late.txt'));
    const second = await git.commitAll(stage(b, 'k2'));
    expect(second.adopted).toBe(false);
    expect(await git.log({ dir: b.tree, from: base, limit: 10, key: 'l', signal })).toMatchObject([
      { sha: second.sha, callKey: 'k2', author: 'Fabro' },
      { sha: first.sha, callKey: 'k1', subject: `fabro(${RUN}): fix (succeeded)` },
    ]);
  });

  test('dependencies, build output, ignored files and excluded globs are not committed', async () => {
    const b = await bench();
    const { git, base } = await withWorktree(b);
    for (const path of [
      'src/x.ts',
      'node_modules/m/i.js',
      'web/dist/o.js',
      'ignored/z',
      'logs/a.log',
      'b.tmp',
    ])
      await b.write(join(b.tree, path), 'x');
    await git.commitAll({ ...stage(b, 'k'), excludeGlobs: ['logs/**', '**/*.tmp'] });
    expect((await b.git(b.tree, 'diff', '--name-only', base, 'HEAD')).trim()).toBe('src/x.ts');
    for (const glob of ['', '/etc/*', '../x'])
      await expect(
        git.commitAll({ ...stage(b, 'k3'), excludeGlobs: [glob] }),
      ).rejects.toMatchObject({
        code: 'invalid_argument',
      });
  });

  test('renames, deletions, links and a file that became a folder are committed', async () => {
    const b = await bench();
    const { git, base } = await withWorktree(b);
    await rm(join(b.tree, 'a.txt'));
    await b.write(join(b.tree, 'a.txt', 'inner with space'), 'x');
    await symlink('nowhere', join(b.tree, 'link'));
    await git.commitAll(stage(b, 'k'));
    expect(await b.git(b.tree, 'diff', '--name-status', '--no-renames', base, 'HEAD')).toBe(
      'D\ta.txt\nA\ta.txt/inner with space\nA\tlink\n',
    );
    expect(await b.git(b.tree, 'status', '--porcelain')).toBe('');
  });

  test('a repository without commits that a stage made inside the worktree is left out, and the rest is committed', async () => {
    const b = await bench();
    const { git, base } = await withWorktree(b);
    const nested = join(b.tree, 'fixture');
    await mkdir(nested);
    await b.git(nested, 'init', '-q');
    await b.write(join(nested, 'x'), 'x');
    await b.write(join(b.tree, 'z.txt'), 'x');
    await git.commitAll(stage(b, 'k'));
    expect(await b.git(b.tree, 'diff', '--name-only', base, 'HEAD')).toBe('z.txt\n');
  });

  test('a commit costs four commands, and each has a key of its own', async () => {
    const b = await bench();
    const { git } = await withWorktree(b);
    b.requests.length = 0;
    await git.commitAll(stage(b, 'k'));
    expect(b.requests.map((request) => request.key)).toEqual([
      'k/git/head',
      'k/git/config',
      'k/git/add',
      'k/git/commit',
    ]);
  });

  test('a stage that switched branches is a conflict that says how to go on', async () => {
    const b = await bench();
    const { git } = await withWorktree(b);
    await b.git(b.tree, 'switch', '-q', '-c', 'mine');
    await expect(git.commitAll(stage(b, 'k'))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`git -C ${b.tree} switch ${BRANCH}`),
    });
  });

  test('a key or run with a line break cannot forge a trailer', async () => {
    const b = await bench();
    const { git } = await withWorktree(b);
    await expect(git.commitAll(stage(b, 'k\nFabro-Call: other'))).rejects.toMatchObject({
      code: 'invalid_argument',
    });
  });

  test('a failure quotes git', async () => {
    const b = await bench();
    const { git } = await withWorktree(b);
    await b.write(join(b.repo, '.git', 'worktrees', 'worktree', 'index.lock'), '');
    await expect(git.commitAll(stage(b, 'k'))).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('index.lock'),
    });
    const removed = await git.removeStaleLocks({ dir: b.tree, key: 'l', signal });
    expect(removed).toEqual([join(b.repo, '.git', 'worktrees', 'worktree', 'index.lock')]);
    expect((await git.commitAll(stage(b, 'k'))).adopted).toBe(false);
  });

  test('an aborted signal ends the operation with its reason', async () => {
    const b = await bench();
    const { git } = await withWorktree(b);
    const abort = new AbortController();
    abort.abort(new Error('cancelled by the user'));
    await expect(git.commitAll({ ...stage(b, 'k'), signal: abort.signal })).rejects.toThrow(
      'cancelled by the user',
    );
  });
});

describe('worktrees of branches that start together', () => {
  test('twelve are made and removed at once, by several clients of the same repository', async () => {
    const b = await bench();
    const sha = await shaOf(b, b.repo);
    const paths = Array.from({ length: 12 }, (_, i) => join(b.folder, `branch-${i}`));
    await Promise.all(
      paths.map((path, i) =>
        createGit({ sandbox: b.sandbox }).addWorktree({
          repo: b.repo,
          path,
          branch: `fabro/run/parallel/x/${i}`,
          sha,
          key: `w${i}`,
          signal,
        }),
      ),
    );
    for (const path of paths) expect(await exists(join(path, '.git'))).toBe(true);
    await Promise.all(
      paths.map((path, i) =>
        createGit({ sandbox: b.sandbox }).removeWorktree({
          repo: b.repo,
          path,
          key: `r${i}`,
          signal,
        }),
      ),
    );
    for (const path of paths) expect(await exists(path)).toBe(false);
  });
});
