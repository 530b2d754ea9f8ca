import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { describe, expect, test } from 'vitest';
import { createGit } from '../src/index.js';
import { BRANCH, RUN, bench, exists, shaOf, signal, stage, withWorktree } from './support.js';

describe('moving', () => {
  test('reset restores tracked files and removes new ones, but not ignored ones and dependencies', async () => {
    const b = await bench();
    const { git, base } = await withWorktree(b);
    await b.write(join(b.tree, 'b.txt'), 'x');
    await git.commitAll(stage(b, 'k'));
    await b.write(join(b.tree, 'a.txt'), 'changed');
    for (const path of ['new/file', 'ignored/z', 'sub/node_modules/m.js'])
      await b.write(join(b.tree, path), 'x');
    await git.reset({ dir: b.tree, sha: base, key: 'r', signal });
    expect(await shaOf(b, b.repo, BRANCH)).toBe(base);
    expect(await readFile(join(b.tree, 'a.txt'), 'utf8')).toBe('one\n');
    expect(
      await Promise.all(
        ['b.txt', 'new', 'ignored/z', 'sub/node_modules/m.js'].map((path) =>
          exists(join(b.tree, path)),
        ),
      ),
    ).toEqual([false, false, true, true]);
  });

  test('fast-forward follows a descendant and refuses anything else', async () => {
    const b = await bench();
    const { git, base } = await withWorktree(b);
    const side = join(b.folder, 'storage', 'run', 'side');
    const branch = `fabro/run/parallel/${RUN}/verify/pass1/tests`;
    await git.addWorktree({ repo: b.tree, path: side, branch, sha: base, key: 's', signal });
    await b.write(join(side, 'side.txt'), 'x');
    const { sha } = await git.commitAll({ ...stage(b, 'k'), dir: side, branch });
    await git.fastForward({ dir: b.tree, sha, key: 'f', signal });
    expect(await shaOf(b, b.repo, BRANCH)).toBe(sha);
    expect(await exists(join(b.tree, 'side.txt'))).toBe(true);
    await expect(
      git.fastForward({ dir: b.tree, sha: base, key: 'f', signal }),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test("reset and fast-forward refuse the caller's own branch", async () => {
    const b = await bench();
    const git = createGit({ sandbox: b.sandbox });
    const sha = await shaOf(b, b.repo);
    for (const move of [git.reset, git.fastForward])
      await expect(move({ dir: b.repo, sha, key: 'm', signal })).rejects.toMatchObject({
        code: 'conflict',
      });
    await expect(
      git.reset({ dir: b.repo, sha: '--hard', key: 'm', signal }),
    ).rejects.toBeInstanceOf(FabroError);
  });

  test("a lock in the caller's own tree is not removed", async () => {
    const b = await bench();
    const git = createGit({ sandbox: b.sandbox });
    await b.write(join(b.repo, '.git', 'index.lock'), '');
    expect(await git.removeStaleLocks({ dir: b.repo, key: 'l', signal })).toEqual([]);
    expect(await exists(join(b.repo, '.git', 'index.lock'))).toBe(true);
  });
});

describe('diff', () => {
  test('a patch shows the change, whatever the repository says about its form', async () => {
    const b = await bench();
    for (const [key, value] of [
      ['color.ui', 'always'],
      ['diff.noprefix', 'true'],
      ['diff.mnemonicPrefix', 'true'],
    ] as const)
      await b.git(b.repo, 'config', key, value);
    const { git, base } = await withWorktree(b);
    await b.write(join(b.tree, 'a.txt'), 'two\n');
    const { sha } = await git.commitAll(stage(b, 'k'));
    const { patch, truncated } = await git.diff({
      dir: b.tree,
      from: base,
      to: sha,
      key: 'd',
      signal,
    });
    expect(truncated).toBe(false);
    expect(patch).toMatch(/^diff --git a\/a\.txt b\/a\.txt\nindex [0-9a-f.]+ 100644\n/);
    expect(patch).toContain('\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n');
  });

  test('a patch past the limit ends at a whole line and says so', async () => {
    const b = await bench();
    const { git, base } = await withWorktree(b);
    await b.write(join(b.tree, 'big.txt'), 'grüße\n'.repeat(5_000));
    const { sha } = await git.commitAll(stage(b, 'k'));
    const cut = await git.diff({
      dir: b.tree,
      from: base,
      to: sha,
      maxBytes: 1_000,
      key: 'd',
      signal,
    });
    expect(cut.truncated).toBe(true);
    expect(Buffer.byteLength(cut.patch)).toBeLessThanOrEqual(1_000);
    expect(cut.patch.endsWith('+grüße\n')).toBe(true);
  });
});
