/** One commit for one stage: staged, made, or adopted when it was made before a crash. */
import { FabroError } from '@fabro/protocol';
import type { StageStatus } from '@fabro/protocol';
import { type GitCall, type GitSandbox, readFilterOverrides, runGit } from './command.js';
import { DEFAULT_AUTHOR, type GitAuthor, callKeyOf, commitMessage } from './commit-message.js';
import { COMMIT_OUTPUT_BYTES, TREE_TIMEOUT_MS } from './limits.js';
import { commitPathspecs } from './pruned.js';
import { SAFE_GIT } from './safety.js';
import { requireOwnBranch } from './own-branch.js';

export interface CommitRequest extends GitCall {
  /** Root of the worktree. */
  readonly dir: string;
  readonly run: string;
  readonly node: string;
  readonly status: StageStatus;
  /** Number of completed stages. */
  readonly completed: number;
  /** Globs, relative to the root, that are not committed; the pruned folders never are. Default none. */
  readonly excludeGlobs?: readonly string[];
  /** Author and committer. Default: the author given to `createGit`, else Fabro. */
  readonly author?: GitAuthor;
  /** Replaces the first line of the message. */
  readonly message?: string;
  /** The commit on the metadata branch that belongs to this one. */
  readonly metadataSha?: string;
  /** Branch of Fabro's own that HEAD must be on; a stage that switched to another is a `conflict`. */
  readonly branch: string;
}

export interface CommitResult {
  readonly sha: string;
  /** HEAD already carried the call's key: made, but not recorded, before a crash. Nothing was committed now. */
  readonly adopted: boolean;
}

/**
 * Stages the index. `git add` starts `git status` inside nested repositories that the index knows, under
 * their own configuration and so with their own filters; those are kept from it and their commits are
 * entered by `update-index`, which starts nothing. A nested repository without a commit cannot be entered;
 * it is left out rather than fail the stage that made it.
 */
const STAGE_SCRIPT = `
set -u
HARMLESS='^(warning|hint): |does not have a commit checked out$'
run_git() { ${SAFE_GIT.join(' ')} "$@"; }
known=$(run_git ls-files -s | grep '^160000 ' | head -c 1)
if [ -n "$known" ]; then
  while IFS= read -r -d '' entry; do
    case $entry in 160000\\ *) ;; *) continue ;; esac
    path=\${entry#*$'\\t'}
    [ -e "$path/.git" ] || continue
    printf '%s\\0' "$path" | run_git update-index -z --stdin || exit 1
    set -- "$@" ":(literal,exclude)$path"
  done < <(run_git ls-files -s -z)
fi
errors=$(run_git add -A --ignore-errors -- "$@" 2>&1)
code=$?
if [ $code -eq 1 ] && ! printf '%s\\n' "$errors" | grep -vE "$HARMLESS" | grep -q .; then exit 0; fi
[ -z "$errors" ] || printf '%s\\n' "$errors" >&2
exit $code
`;

/** Commits everything in the worktree; see `Git.commitAll`. */
export async function commitAll(
  sandbox: GitSandbox,
  defaultAuthor: GitAuthor | undefined,
  request: CommitRequest,
): Promise<CommitResult> {
  const { key, signal, dir } = request;
  const author = request.author ?? defaultAuthor;
  const message = commitMessage({
    run: request.run,
    node: request.node,
    status: request.status,
    completed: request.completed,
    key,
    customAuthor: author !== undefined,
    ...(request.metadataSha === undefined ? {} : { metadataSha: request.metadataSha }),
    ...(request.message === undefined ? {} : { subject: request.message }),
  });
  requireOwnBranch(request.branch);
  const pathspecs = commitPathspecs(request.excludeGlobs ?? []);
  const made = await findOwn(sandbox, request, 'head');
  if (made !== undefined) return { sha: made, adopted: true };

  const filters = await readFilterOverrides(sandbox, { key, signal }, dir);
  await runGit(sandbox, {
    key,
    signal,
    step: 'add',
    cwd: dir,
    inWorktree: true,
    env: filters,
    program: 'bash',
    args: ['-c', STAGE_SCRIPT, 'bash', ...pathspecs],
    timeoutMs: TREE_TIMEOUT_MS,
  });
  const commit = await runGit(sandbox, {
    key,
    signal,
    step: 'commit',
    cwd: dir,
    inWorktree: true,
    env: { ...filters, ...identity(author ?? DEFAULT_AUTHOR) },
    args: [
      '-c',
      'core.abbrev=no',
      '-c',
      'diff.renameLimit=1',
      'commit',
      '--allow-empty',
      '--no-verify',
      '--no-gpg-sign',
      '--cleanup=verbatim',
      '-F',
      '-',
    ],
    stdin: message,
    timeoutMs: TREE_TIMEOUT_MS,
    maxOutputBytes: COMMIT_OUTPUT_BYTES,
    allowTruncated: true,
  });
  const sha =
    /^\[.*? ([0-9a-f]{40}(?:[0-9a-f]{24})?)\] /.exec(commit.stdout)?.[1] ??
    (await findOwn(sandbox, request, 'head-after'));
  if (sha === undefined)
    throw new FabroError(
      'internal',
      `git commit in ${dir} ended well, but HEAD is another commit: something else commits in this worktree.`,
    );
  return { sha, adopted: false };
}

/** The commit of this call, if HEAD is it. */
async function findOwn(
  sandbox: GitSandbox,
  request: CommitRequest,
  step: string,
): Promise<string | undefined> {
  const { key, signal, dir, branch } = request;
  const head = await runGit(sandbox, {
    key,
    signal,
    step,
    cwd: dir,
    inWorktree: true,
    readOnly: true,
    args: [
      'for-each-ref',
      '--format=%(HEAD)%00%(objectname)%00%(contents)',
      `refs/heads/${branch}`,
    ],
  });
  const [mark, sha, ...message] = head.stdout.split('\0');
  if (mark !== '*')
    throw new FabroError(
      'conflict',
      `${dir} is not on the branch ${branch}: the stage switched to another. Its files are left as they are; to go on, run: git -C ${dir} switch ${branch}`,
    );
  return sha !== undefined && callKeyOf(message.join('\0')) === key ? sha : undefined;
}

function identity(author: GitAuthor): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  };
}
