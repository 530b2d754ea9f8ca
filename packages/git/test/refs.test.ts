import { expect, test } from 'vitest';
import { createGit } from '../src/index.js';
import { BRANCH, bench, shaOf, signal } from './support.js';

test('§6 fork: a branch is made at a commit without a worktree, moved, looked up and taken away', async () => {
  const b = await bench();
  const git = createGit({ sandbox: b.sandbox });
  const first = await shaOf(b, b.repo);
  await b.git(b.repo, 'commit', '-q', '--allow-empty', '-m', 'second');
  const second = await shaOf(b, b.repo);
  const at = { repo: b.repo, branch: BRANCH, key: 'k', signal };
  expect(await git.branchSha(at)).toBeUndefined();
  await git.createBranch({ ...at, sha: first });
  expect(await git.branchSha(at)).toBe(first);
  await git.createBranch({ ...at, sha: second });
  expect(await shaOf(b, b.repo, BRANCH)).toBe(second);
  expect((await b.git(b.repo, 'symbolic-ref', 'HEAD')).trim()).toBe('refs/heads/main');
  await git.deleteBranch(at);
  await git.deleteBranch(at);
  expect(await git.branchSha(at)).toBeUndefined();
});

test('a commit that the repository does not have is refused by name, and no branch is made', async () => {
  const b = await bench();
  const git = createGit({ sandbox: b.sandbox });
  const sha = '0123456789012345678901234567890123456789';
  const at = { repo: b.repo, branch: BRANCH, key: 'k', signal };
  await expect(git.createBranch({ ...at, sha })).rejects.toMatchObject({
    code: 'conflict',
    message: `commit ${sha} is not in the repository ${b.repo}; it was pruned, or the folder holds another repository. Fetch the commit, or choose another one.`,
  });
  expect(await git.branchSha(at)).toBeUndefined();
});

test.each(['main', 'fabro', 'fabro/../main'])(
  'the branch %s is none of Fabro’s, and is neither made nor taken away',
  async (branch) => {
    const b = await bench();
    const git = createGit({ sandbox: b.sandbox });
    const at = { repo: b.repo, branch, key: 'k', signal };
    const refused = { code: 'invalid_argument' };
    await expect(git.createBranch({ ...at, sha: await shaOf(b, b.repo) })).rejects.toMatchObject(
      refused,
    );
    await expect(git.deleteBranch(at)).rejects.toMatchObject(refused);
    expect(await shaOf(b, b.repo, 'main')).toBe(await shaOf(b, b.repo));
  },
);
