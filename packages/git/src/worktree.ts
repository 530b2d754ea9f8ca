/** Linked worktrees: added to a run's own folder, removed again; the caller's own tree is never touched. */
import { FabroError } from '@fabro/protocol';
import { type GitCall, type GitSandbox, readFilterOverrides, runGit } from './command.js';
import { TREE_TIMEOUT_MS } from './limits.js';
import { inTurn } from './in-turn.js';
import { requireOwnBranch } from './own-branch.js';

export interface AddWorktreeRequest extends GitCall {
  /** Any folder of the repository. */
  readonly repo: string;
  /** Absolute folder of the worktree; what an earlier attempt left there is removed. */
  readonly path: string;
  /** Made, or moved, to `sha`. It must be a branch of Fabro's own (`fabro/…`). */
  readonly branch: string;
  readonly sha: string;
}

export interface RemoveWorktreeRequest extends GitCall {
  readonly repo: string;
  readonly path: string;
}

/** A whole repository at the path is refused with exit code 3: only a linked worktree is ours to remove. */
const REMOVE_FOLDER = 'if [ -d "$1/.git" ]; then exit 3; fi; rm -rf -- "$1"';

/** See `Git.addWorktree`. */
export async function addWorktree(sandbox: GitSandbox, request: AddWorktreeRequest): Promise<void> {
  const { key, signal, path } = request;
  requireOwnBranch(request.branch);
  await inTurn(async () => {
    await remove(sandbox, request);
    await register(sandbox, request);
  });
  const filters = await readFilterOverrides(sandbox, { key, signal }, path);
  await runGit(sandbox, {
    key,
    signal,
    step: 'checkout',
    cwd: path,
    inWorktree: true,
    env: filters,
    args: ['reset', '--hard', '--quiet', '--no-recurse-submodules'],
    timeoutMs: TREE_TIMEOUT_MS,
  });
}

/** Enters the worktree into the repository's list, without files. */
async function register(sandbox: GitSandbox, request: AddWorktreeRequest): Promise<void> {
  const { key, signal, repo, path, branch, sha } = request;
  const add = async (step: string): Promise<string | undefined> => {
    const result = await runGit(sandbox, {
      key,
      signal,
      step,
      cwd: repo,
      args: ['worktree', 'add', '--force', '--no-checkout', '--no-track', '-B', branch, path, sha],
      accept: [128, 255],
    });
    return result.exitCode === 0 ? undefined : result.stderr;
  };
  let failure = await add('worktree-add');
  if (failure !== undefined && /checked out|used by worktree/.test(failure)) {
    // A registration of this branch under a folder that is gone, such as a storage root that moved.
    await runGit(sandbox, {
      key,
      signal,
      step: 'prune',
      cwd: repo,
      args: ['worktree', 'prune', '--expire', 'now'],
    });
    failure = await add('worktree-add-again');
  }
  if (failure !== undefined)
    throw new FabroError(
      'internal',
      `git cannot add the worktree ${path} on ${branch} at ${sha} to ${repo}.\n${failure}`,
    );
}

/** See `Git.removeWorktree`. */
export function removeWorktree(sandbox: GitSandbox, request: RemoveWorktreeRequest): Promise<void> {
  return inTurn(() => remove(sandbox, request));
}

async function remove(
  sandbox: GitSandbox,
  { key, signal, repo, path }: RemoveWorktreeRequest,
): Promise<void> {
  requireOwnFolder(repo, path);
  const removed = await runGit(sandbox, {
    key,
    signal,
    step: 'remove-folder',
    cwd: repo,
    program: 'bash',
    args: ['-c', REMOVE_FOLDER, 'bash', path],
    accept: [3],
    timeoutMs: TREE_TIMEOUT_MS,
  });
  if (removed.exitCode === 3)
    throw new FabroError(
      'conflict',
      `${path} is a repository of its own and no worktree, so it is not removed. Move it away.`,
    );
  // With the folder gone only this registration is dropped; `prune` would also drop the caller's worktrees
  // on a disk that is not mounted.
  await runGit(sandbox, {
    key,
    signal,
    step: 'worktree-remove',
    cwd: repo,
    args: ['worktree', 'remove', '--force', '--force', path],
    accept: [128],
  });
}

function requireOwnFolder(repo: string, path: string): void {
  const parts = path.split('/');
  const absolute =
    path.startsWith('/') && !parts.includes('..') && parts.filter(Boolean).length >= 2;
  const folder = path.endsWith('/') ? path : `${path}/`;
  if (absolute && !`${repo}/`.startsWith(folder)) return;
  throw new FabroError(
    'invalid_argument',
    `${JSON.stringify(path)} cannot be a worktree's folder: it must be absolute, without "..", and must not hold the repository ${repo}.`,
  );
}
