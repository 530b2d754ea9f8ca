/** What a decision is made from and what it comes to, as data. */
import type { EventDraft, FrameId, JsonValue, StatusReason } from '@fabro/protocol';
import type { Graph, GraphNode } from '@fabro/workflow';
import type { Handler } from '../handler.js';
import type { RunSettings } from '../run-settings.js';

/** What stays the same for a whole run. */
export interface World {
  readonly graph: Graph;
  readonly settings: RunSettings;
  handlerOf(node: GraphNode): Handler;
  /** True when stages are committed to a worktree of their own. */
  readonly git: boolean;
}

/** What a decision may know besides the state. */
export interface DecideFacts {
  readonly nowMs: number;
  /** From 0 up to 1; asked only where the outcome is recorded in the same decision. */
  random(): number;
  /** Frames whose act has begun and not settled. */
  readonly inFlight: ReadonlySet<FrameId>;
  /** The text of a blob reference; other values unchanged. */
  materialise(value: JsonValue): JsonValue;
}

/** Something to do for a frame; one at a time for each. */
export type Act =
  /** Begin or go on with the handler's attempt. */
  | { readonly kind: 'attempt'; readonly frame: FrameId }
  /** Wait until a stored time. */
  | { readonly kind: 'wait'; readonly frame: FrameId; readonly dueAtMs: number }
  /** Commit the settled stage. */
  | { readonly kind: 'commit'; readonly frame: FrameId }
  /** Put the worktree back to the last checkpoint before an interrupted attempt repeats. */
  | { readonly kind: 'reset'; readonly frame: FrameId }
  /** Make a branch's worktree. */
  | { readonly kind: 'prepare'; readonly frame: FrameId }
  /** Remove the branches' worktrees and close the parallel stage with these events. */
  | {
      readonly kind: 'join';
      readonly frame: FrameId;
      readonly branches: readonly FrameId[];
      /** The commit that the parent moves to, when no fan-in will choose one. */
      readonly takeOver?: string;
      readonly events: readonly EventDraft[];
    };

export type Conclusion =
  | { readonly status: 'completed'; readonly reason: 'completed' | 'partial_success' }
  | { readonly status: 'failed'; readonly reason: StatusReason; readonly error: string };

export interface Decision {
  readonly events: readonly EventDraft[];
  readonly acts: readonly Act[];
  /** Frames whose acts are to be aborted and awaited. */
  readonly cancel: readonly FrameId[];
  readonly conclusion?: Conclusion;
}

/** What one frame adds to a decision. */
export interface Step extends Decision {
  /** Frames that, with all inside them, take no step of their own any more. */
  readonly givenUp?: readonly FrameId[];
}

/** Nothing happens until something else does. */
export const NOTHING: Decision = { events: [], acts: [], cancel: [] };
