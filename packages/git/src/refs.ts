/** Branches without a worktree: made at a commit, looked up, taken away. */
import { FabroError } from '@fabro/protocol';
import { commitish } from './branch.js';
import { type GitCall, type GitSandbox, runGit } from './command.js';
import { requireOwnBranch } from './own-branch.js';

export interface BranchRequest extends GitCall {
  /** Any folder of the repository. */
  readonly repo: string;
  /** A branch of Fabro's own (`fabro/…`). */
  readonly branch: string;
}

export interface CreateBranchRequest extends BranchRequest {
  readonly sha: string;
}

/** See `Git.createBranch`. */
export async function createBranch(
  sandbox: GitSandbox,
  request: CreateBranchRequest,
): Promise<void> {
  const { key, signal, repo, branch } = request;
  requireOwnBranch(branch);
  const sha = commitish(request.sha);
  if ((await commitOf(sandbox, request, sha)) === undefined)
    throw new FabroError(
      'conflict',
      `commit ${sha} is not in the repository ${repo}; it was pruned, or the folder holds another repository. Fetch the commit, or choose another one.`,
    );
  await runGit(sandbox, {
    key,
    signal,
    step: 'create-branch',
    cwd: repo,
    args: ['update-ref', `refs/heads/${branch}`, sha],
  });
}

/** See `Git.deleteBranch`. */
export async function deleteBranch(sandbox: GitSandbox, request: BranchRequest): Promise<void> {
  const { key, signal, repo, branch } = request;
  requireOwnBranch(branch);
  await runGit(sandbox, {
    key,
    signal,
    step: 'delete-branch',
    cwd: repo,
    args: ['update-ref', '-d', `refs/heads/${branch}`],
  });
}

/** See `Git.branchSha`. */
export async function branchSha(
  sandbox: GitSandbox,
  request: BranchRequest,
): Promise<string | undefined> {
  requireOwnBranch(request.branch);
  return commitOf(sandbox, request, `refs/heads/${request.branch}`);
}

async function commitOf(
  sandbox: GitSandbox,
  { key, signal, repo }: BranchRequest,
  name: string,
): Promise<string | undefined> {
  const found = await runGit(sandbox, {
    key,
    signal,
    step: 'commit-of',
    cwd: repo,
    readOnly: true,
    args: ['rev-parse', '--verify', '--quiet', `${name}^{commit}`],
    accept: [1],
  });
  return found.exitCode === 0 ? found.stdout.trim() : undefined;
}
