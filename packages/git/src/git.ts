/**
 * Git over a sandbox's `exec`. Nothing that a repository configures is run (hooks, fsmonitor, filters,
 * external diffs, pagers, editors, transports), and the caller's own tree, index, HEAD and configuration
 * stay as they are: Fabro writes branches `fabro/…` and its own worktrees only.
 */
import {
  type AtRequest,
  type MoveRequest,
  currentBranch,
  fastForward,
  headSha,
  reset,
} from './branch.js';
import type { GitSandbox } from './command.js';
import type { GitAuthor } from './commit-message.js';
import { type CommitRequest, type CommitResult, commitAll } from './commit.js';
import {
  type Diff,
  type DiffRequest,
  type LogEntry,
  type LogRequest,
  diff,
  log,
} from './history.js';
import { type StaleLocksRequest, removeStaleLocks } from './locks.js';
import { type ProbeRequest, type Repository, probe } from './probe.js';
import {
  type BranchRequest,
  type CreateBranchRequest,
  branchSha,
  createBranch,
  deleteBranch,
} from './refs.js';
import {
  type AddWorktreeRequest,
  type RemoveWorktreeRequest,
  addWorktree,
  removeWorktree,
} from './worktree.js';

export interface GitOptions {
  readonly sandbox: GitSandbox;
  /** Author and committer of commits. Default `Fabro <noreply@fabro.sh>`. */
  readonly author?: GitAuthor;
}

/**
 * Every operation may be repeated with the same key. Each rejects with FabroError `missing_program` without
 * git, `internal` when git fails (with the end of its error output), `unavailable` past its time limit, and
 * with the signal's reason when it aborts.
 */
export interface Git {
  /**
   * What is at a folder; undefined when it is in no working tree of git. Touches nothing, the index
   * included. Rejects with `missing_program` for a git that is too old and `forbidden` for a repository of
   * another user.
   */
  probe(request: ProbeRequest): Promise<Repository | undefined>;
  /**
   * Makes or moves `branch` to `sha` and checks it out in a new worktree at `path`. Whatever an earlier
   * attempt left at `path` is removed with its registration. Rejects with `invalid_argument` for a branch
   * outside `fabro/` or a path that holds the repository, and with `conflict` when a whole repository lies there.
   */
  addWorktree(request: AddWorktreeRequest): Promise<void>;
  /**
   * Makes or moves a branch to a commit without checking it out. Rejects with `conflict` when the repository
   * does not have the commit, with `invalid_argument` for a branch outside `fabro/`.
   */
  createBranch(request: CreateBranchRequest): Promise<void>;
  /** Takes away a branch `fabro/…` that is checked out nowhere; one that is not there is no failure. */
  deleteBranch(request: BranchRequest): Promise<void>;
  /** The commit of a branch `fabro/…`; undefined when there is no such branch. */
  branchSha(request: BranchRequest): Promise<string | undefined>;
  /** Removes the folder and its registration, changed files included; the branch stays. Nothing there is no failure. */
  removeWorktree(request: RemoveWorktreeRequest): Promise<void>;
  /**
   * Commits everything in a worktree but ignored files, dependency and build folders and the configured
   * globs, even when nothing changed. A HEAD that already carries `Fabro-Call: <key>` is adopted.
   * Four commands. Rejects with `conflict` when HEAD is not on `branch`.
   */
  commitAll(request: CommitRequest): Promise<CommitResult>;
  /**
   * Makes the worktree equal to a commit: tracked files are reset, untracked ones removed; ignored files and
   * dependency and build folders stay. Rejects with `conflict` unless HEAD is on a branch `fabro/…`.
   */
  reset(request: MoveRequest): Promise<void>;
  /** The patch between two commits, cut at whole lines past the limit. */
  diff(request: DiffRequest): Promise<Diff>;
  /** The commit of HEAD; undefined before the first one. */
  headSha(request: AtRequest): Promise<string | undefined>;
  /** The branch of HEAD; undefined when it is detached. */
  currentBranch(request: AtRequest): Promise<string | undefined>;
  /**
   * Moves the worktree's branch forward to a descendant. Rejects with `conflict` when it is none or HEAD is
   * on no branch `fabro/…`, with `internal` when a local change is in the way.
   */
  fastForward(request: MoveRequest): Promise<void>;
  /**
   * Removes the lock files of a killed git in a linked worktree: its index and HEAD, and its branch
   * `fabro/…`. Never those of the caller's tree. Only when no git of the run is alive. Resolves to the removed paths.
   */
  removeStaleLocks(request: StaleLocksRequest): Promise<readonly string[]>;
  /** Commits, newest first. */
  log(request: LogRequest): Promise<readonly LogEntry[]>;
}

export function createGit({ sandbox, author }: GitOptions): Git {
  return {
    probe: (request) => probe(sandbox, request),
    addWorktree: (request) => addWorktree(sandbox, request),
    removeWorktree: (request) => removeWorktree(sandbox, request),
    createBranch: (request) => createBranch(sandbox, request),
    deleteBranch: (request) => deleteBranch(sandbox, request),
    branchSha: (request) => branchSha(sandbox, request),
    commitAll: (request) => commitAll(sandbox, author, request),
    reset: (request) => reset(sandbox, request),
    diff: (request) => diff(sandbox, request),
    headSha: (request) => headSha(sandbox, request),
    currentBranch: (request) => currentBranch(sandbox, request),
    fastForward: (request) => fastForward(sandbox, request),
    removeStaleLocks: (request) => removeStaleLocks(sandbox, request),
    log: (request) => log(sandbox, request),
  };
}
