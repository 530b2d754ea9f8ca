/**
 * A handler runs one kind of node. None walks the graph, and none knows of journals: a *decided* one is a pure
 * function, an *acted* one acts through its ports, a *framed* one opens frames that the loop walks.
 */
import type { LiveDraft } from '@fabro/agent';
import type { Models } from '@fabro/models';
import type {
  Answer,
  CallKey,
  Clock,
  DurableCalls,
  EventDraft,
  EventScope,
  IdSource,
  JsonValue,
  Outcome,
  PauseSignal,
} from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import type { Graph, GraphNode } from '@fabro/workflow';
import type { RunSettings } from './run-settings.js';
import type { Frame, OpenQuestion, OpenStage, RunState } from './state.js';

/** The stage that a handler is asked about. */
export interface StageInput {
  readonly state: RunState;
  readonly frame: Frame;
  readonly stage: OpenStage;
  readonly node: GraphNode;
  readonly graph: Graph;
  readonly settings: RunSettings;
  /** The manager stage whose child workflow this stage belongs to; undefined in the run's own workflow. */
  above(): StageInput | undefined;
}

/** What an attempt came to. */
export interface AttemptResult {
  readonly outcome: Outcome;
  /** The handler asks for another attempt if the policy grants one. */
  readonly retryable: boolean;
  /** The attempt broke with an error: `allow_partial` does not count when no attempt is left. */
  readonly broke?: true;
  /** Recorded in the same append as the outcome. */
  readonly events?: readonly EventDraft[];
}

/** The world of an acting handler. */
export interface StagePorts {
  /** Prefix of the call keys of this attempt. */
  readonly key: CallKey;
  /** Envelope fields of this stage's events. */
  readonly scope: EventScope;
  readonly calls: DurableCalls;
  readonly sandbox: Sandbox;
  readonly models: Models;
  readonly clock: Clock;
  readonly ids: IdSource;
  random(): number;
  live(event: LiveDraft): void;
  redact(text: string): string;
  readonly pause: PauseSignal;
  /** The text of a context value that is a blob reference; any other value unchanged. */
  materialise(value: JsonValue): JsonValue;
  /** The open question of this stage, if an earlier incarnation asked it. */
  openQuestion(): OpenQuestion | undefined;
  /** Resolves with the recorded answer. Rejects when the signal aborts. */
  answered(questionId: string, signal: AbortSignal): Promise<Answer>;
  /** Moves the frame's worktree to a commit that descends from its own; absent without git. */
  fastForward?(sha: string): Promise<void>;
}

export interface DecidedHandler {
  readonly kind: 'decided';
  decide(input: StageInput): Outcome;
}

export interface ActedHandler {
  readonly kind: 'acted';
  /** What becomes of an attempt that the server's death cut short. */
  readonly onInterrupt: 'continue' | 'repeat';
  /** True when it waits for a person or a time: nothing stirs then, and nothing has stalled. */
  readonly waits?: boolean;
  /** True when the handler itself keeps the node's `timeout`; else the loop does. */
  readonly keepsTimeout?: boolean;
  /** Recorded in the same append as `stage.started`. */
  starting?(input: StageInput): readonly EventDraft[];
  act(input: StageInput, ports: StagePorts): Promise<AttemptResult>;
  /** The outcome of a dry run. */
  simulate(input: StageInput): Outcome;
}

/** What a framed stage may know besides its state. */
export interface FramedFacts {
  readonly nowMs: number;
  /** Branches get worktrees of their own. */
  readonly separateWorktrees: boolean;
  materialise(value: JsonValue): JsonValue;
  /** The context of the stage's frame as conditions read it. */
  context(key: string): JsonValue | undefined;
  /** The child workflow of a manager node; undefined when it could not be prepared. */
  child(): { readonly key: string; readonly graph: Graph } | undefined;
  /** Why a frame may not go on; undefined when it may. */
  limitFailure(frame: Frame): string | undefined;
}

/** What a framed stage does next. */
export type FramedStep =
  | { readonly kind: 'events'; readonly events: readonly EventDraft[] }
  /** The frames inside go on; look again at this time at the latest. */
  | { readonly kind: 'wait'; readonly dueAtMs?: number }
  /** Frames that are no longer needed, and with them gone the result of the stage, if they decide it. */
  | {
      readonly kind: 'give_up';
      readonly frames: readonly Frame[];
      readonly reason: string;
      readonly result?: AttemptResult;
    }
  /** All inside has ended. */
  | {
      readonly kind: 'joined';
      readonly outcome: Outcome;
      /** Events that close what was opened; they stand before the stage's own end. */
      readonly closing: readonly EventDraft[];
      /** The commit that the frame moves to, when no fan-in will choose one. */
      readonly takeOver?: string;
    };

export interface FramedHandler {
  readonly kind: 'framed';
  step(input: StageInput, facts: FramedFacts): FramedStep;
  /** The outcome of a dry run; absent where the frames inside are walked dry. */
  simulate?(input: StageInput): Outcome;
}

export type Handler = DecidedHandler | ActedHandler | FramedHandler;
