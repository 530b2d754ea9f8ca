/** What a decision is made from and what it comes to, as data. */
import type {
  EventDraft,
  EventScope,
  FrameId,
  HookContext,
  JsonValue,
  StatusReason,
} from '@fabro/protocol';
import type { Graph, GraphNode } from '@fabro/workflow';
import type { Handler } from '../handler.js';
import type { Hook } from '../hooks/hook.js';
import type { RunSettings } from '../run-settings.js';

/** The workflows that manager nodes run. */
interface ChildWorkflows {
  /** By key, the children of children included. */
  readonly graphs: ReadonlyMap<string, Graph>;
  /** The key of a manager node's child; `within` is the key of the workflow that the node stands in. */
  keyOf(node: GraphNode, within: string): string | undefined;
}

/** What stays the same for a whole run. */
export interface World {
  readonly graph: Graph;
  /** Absent: no node of the run names a child workflow. */
  readonly children?: ChildWorkflows;
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
  /** Slots whose act has begun and not settled. */
  readonly inFlight: ReadonlySet<Slot>;
  /** Milliseconds since something was last recorded or streamed. */
  idleMs(): number;
  /** The text of a blob reference; other values unchanged. */
  materialise(value: JsonValue): JsonValue;
}

/** What at most one act at a time is under way for: a frame, or a hook that the walk does not wait for. */
export type Slot = string;

/** Something to do for a frame; one at a time for each. */
export type Act =
  /** Begin or go on with the handler's attempt. */
  | { readonly kind: 'attempt'; readonly frame: FrameId }
  /** Wait until a stored time. With a slot of its own the frame goes on meanwhile. */
  | {
      readonly kind: 'wait';
      readonly frame: FrameId;
      readonly slot?: Slot;
      readonly dueAtMs: number;
    }
  /** Ask a hook, or tell it. */
  | {
      readonly kind: 'hook';
      readonly frame: FrameId;
      readonly slot?: Slot;
      readonly gate: string;
      readonly index: number;
      readonly hook: Hook;
      readonly context: HookContext;
      readonly scope: EventScope;
      /** The walk waits for its decision. */
      readonly waited: boolean;
    }
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
  /** Slots whose acts are to be aborted and awaited. */
  readonly cancel: readonly Slot[];
  readonly conclusion?: Conclusion;
}

/** What one frame adds to a decision. */
export interface Step extends Decision {
  /** Frames that, with all inside them, take no more steps in this decision. */
  readonly givenUp?: readonly FrameId[];
  /** Slots of waits that are still wanted; others are cancelled. */
  readonly keeps?: readonly Slot[];
}

/** Nothing happens until something else does. */
export const NOTHING: Decision = { events: [], acts: [], cancel: [] };
