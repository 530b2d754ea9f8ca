/** Git as the loop needs it: one port, so that a run without git, or a test, is a run without it. */
import type { FrameId, RunId, StageStatus } from '@fabro/protocol';

export interface CheckpointRequest {
  readonly run: RunId;
  readonly frame: FrameId;
  /** Key of the commit; carried as the trailer `Fabro-Call`, by which recovery adopts a commit that was made. */
  readonly key: string;
  readonly dir: string;
  readonly node: string;
  readonly status: StageStatus;
  /** Stages completed, this one included. */
  readonly completed: number;
}

export interface Checkpoints {
  /** Commits all changes of the worktree. Adopts the commit when HEAD already carries the key. */
  commit(request: CheckpointRequest, signal: AbortSignal): Promise<{ readonly sha: string }>;
  /** Puts a worktree back to a commit; ignored files stay. */
  reset(
    request: { readonly key: string; readonly dir: string; readonly sha: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** Makes, or makes anew, the worktree of a branch. */
  addBranch(
    request: {
      readonly key: string;
      readonly run: RunId;
      readonly frame: FrameId;
      readonly sha: string;
    },
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly branch: string }>;
  /** Removes a branch's worktree; its git branch stays. */
  removeBranch(
    request: { readonly key: string; readonly path: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** Moves a worktree forward to a commit that descends from its own. */
  fastForward(
    request: { readonly key: string; readonly dir: string; readonly sha: string },
    signal: AbortSignal,
  ): Promise<void>;
}
