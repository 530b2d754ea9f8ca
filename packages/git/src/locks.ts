/** Lock files that a killed git left in one of our worktrees. */
import { type GitCall, type GitSandbox, runGit } from './command.js';

export interface StaleLocksRequest extends GitCall {
  /** Root of the worktree. */
  readonly dir: string;
}

/** Removes what exists and prints it. */
const REMOVE_FILES =
  'for f in "$@"; do if [ -e "$f" ]; then rm -f -- "$f" || exit 1; printf "%s\\0" "$f"; fi; done';

/** See `Git.removeStaleLocks`. */
export async function removeStaleLocks(
  sandbox: GitSandbox,
  { dir, key, signal }: StaleLocksRequest,
): Promise<readonly string[]> {
  const call = { key, signal, cwd: dir, inWorktree: true };
  const where = await runGit(sandbox, {
    ...call,
    step: 'git-dirs',
    readOnly: true,
    args: ['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir'],
  });
  const [own = '', common = ''] = where.stdout.split('\n');
  const head = await runGit(sandbox, {
    ...call,
    step: 'locked-branch',
    readOnly: true,
    args: ['symbolic-ref', '--quiet', 'HEAD'],
    accept: [1],
  });
  const ref = head.stdout.trim();
  // A repository's own index and HEAD may be in use by the caller; only a linked worktree's are ours.
  const ours = own === common ? [] : [`${own}/index.lock`, `${own}/HEAD.lock`];
  if (ref.startsWith('refs/heads/fabro/')) ours.push(`${common}/${ref}.lock`);
  if (ours.length === 0) return [];
  const removed = await runGit(sandbox, {
    ...call,
    step: 'remove-locks',
    program: 'bash',
    args: ['-c', REMOVE_FILES, 'bash', ...ours],
  });
  return removed.stdout.split('\0').filter((path) => path !== '');
}
