/** Moving a worktree to a commit, and asking where it stands. */
import { FabroError } from '@fabro/protocol';
import { type GitCall, type GitSandbox, readFilterOverrides, runGit } from './command.js';
import { TREE_TIMEOUT_MS } from './limits.js';
import { CLEAN_EXCLUDES } from './pruned.js';

export interface MoveRequest extends GitCall {
  /** Root of the worktree. */
  readonly dir: string;
  readonly sha: string;
}

export interface AtRequest extends GitCall {
  readonly dir: string;
}

/** See `Git.reset`. */
export async function reset(sandbox: GitSandbox, request: MoveRequest): Promise<void> {
  const { key, signal, dir } = request;
  const call = { key, signal, cwd: dir, inWorktree: true, timeoutMs: TREE_TIMEOUT_MS };
  await requireOwnHead(sandbox, request, 'reset');
  const env = await readFilterOverrides(sandbox, { key, signal }, dir);
  await runGit(sandbox, {
    ...call,
    env,
    step: 'reset',
    args: ['reset', '--hard', '--quiet', '--no-recurse-submodules', commitish(request.sha)],
  });
  await runGit(sandbox, {
    ...call,
    env,
    step: 'clean',
    args: ['clean', '-fdq', ...CLEAN_EXCLUDES],
  });
}

/** See `Git.fastForward`. */
export async function fastForward(sandbox: GitSandbox, request: MoveRequest): Promise<void> {
  const { key, signal, dir } = request;
  const sha = commitish(request.sha);
  await requireOwnHead(sandbox, request, 'fast-forward');
  const ancestor = await runGit(sandbox, {
    key,
    signal,
    step: 'ancestor',
    cwd: dir,
    inWorktree: true,
    readOnly: true,
    args: ['merge-base', '--is-ancestor', 'HEAD', sha],
    accept: [1],
  });
  if (ancestor.exitCode === 1)
    throw new FabroError(
      'conflict',
      `${dir} cannot be fast-forwarded to ${sha}: HEAD is no ancestor of it, so commits would be lost.`,
    );
  const env = await readFilterOverrides(sandbox, { key, signal }, dir);
  await runGit(sandbox, {
    key,
    signal,
    step: 'fast-forward',
    cwd: dir,
    inWorktree: true,
    env,
    args: ['reset', '--keep', '--quiet', '--no-recurse-submodules', sha],
    timeoutMs: TREE_TIMEOUT_MS,
  });
}

/** See `Git.headSha`. */
export async function headSha(
  sandbox: GitSandbox,
  { dir, key, signal }: AtRequest,
): Promise<string | undefined> {
  const head = await runGit(sandbox, {
    key,
    signal,
    step: 'head-sha',
    cwd: dir,
    readOnly: true,
    args: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'],
    accept: [1],
  });
  return head.exitCode === 0 ? head.stdout.trim() : undefined;
}

/** See `Git.currentBranch`. */
export async function currentBranch(
  sandbox: GitSandbox,
  { dir, key, signal }: AtRequest,
): Promise<string | undefined> {
  const head = await runGit(sandbox, {
    key,
    signal,
    step: 'branch',
    cwd: dir,
    readOnly: true,
    args: ['symbolic-ref', '--short', '--quiet', 'HEAD'],
    accept: [1],
  });
  return head.exitCode === 0 ? head.stdout.trim() : undefined;
}

/**
 * Commands that overwrite a tree act on Fabro's branches only: a `.git` file that was bent towards the
 * caller's repository, or a stage that switched to a branch of the caller's, must not cost them their work.
 */
async function requireOwnHead(
  sandbox: GitSandbox,
  request: MoveRequest,
  verb: string,
): Promise<void> {
  const { key, signal, dir } = request;
  const head = await runGit(sandbox, {
    key,
    signal,
    step: 'own-head',
    cwd: dir,
    inWorktree: true,
    readOnly: true,
    args: ['symbolic-ref', '--quiet', 'HEAD'],
    accept: [1],
  });
  const name = head.stdout.trim();
  if (name.startsWith('refs/heads/fabro/')) return;
  throw new FabroError(
    'conflict',
    `${dir} is on ${name || 'a detached HEAD'}; Fabro will ${verb} its own branches (fabro/…) only. Switch the worktree back to its run branch with git switch.`,
  );
}

/** @throws FabroError `invalid_argument` unless the text is a full hash; anything else could be an option. */
export function commitish(sha: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) return sha;
  throw new FabroError(
    'invalid_argument',
    `${JSON.stringify(sha.slice(0, 80))} is no commit hash; 40 or 64 lower-case hexadecimal digits are expected.`,
  );
}
