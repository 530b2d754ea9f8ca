/** What a run looks like from outside: the model that both renderers draw. */
import type { Retro, RunEvent, StageState, Usage } from '@fabro/protocol';

/** A tool call of a running agent stage. */
export interface ToolView {
  readonly id: string;
  readonly name: string;
  /** The argument that tells calls apart (a path, a command), as one line. */
  readonly detail: string;
  readonly state: 'running' | 'ok' | 'error';
}

/** One visit of a node in one frame. */
export interface StageView {
  /** Frame and stage: unique within a run. */
  readonly key: string;
  readonly stageId: string;
  readonly label: string;
  readonly handler: string;
  /** How many parallel branches deep: 0 for the root. */
  readonly depth: number;
  readonly state: StageState;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs?: number;
  readonly turns: number;
  readonly toolCalls: number;
  readonly usage?: Usage;
  /** Model of the stage's session, as it is to be shown; says so when it is scripted. */
  readonly model?: string;
  readonly failure?: string;
  /** The latest tool calls, oldest first, at most `SHOWN_TOOL_CALLS`. */
  readonly tools: readonly ToolView[];
  /** The end of the text being written, or of a command's output. */
  readonly live: string;
  /** When a retrying stage begins its next attempt. */
  readonly retryAt?: number;
}

export type QuestionView = RunEvent<'interview.started'>['properties'];

/** How a run ended. */
export interface RunEnd {
  readonly status: 'succeeded' | 'partially_succeeded' | 'failed' | 'cancelled';
  readonly reason: string;
  readonly durationMs: number;
  readonly error?: string;
  readonly commit?: string;
}

/** Sums over finished stages and those under way. */
export interface Totals {
  readonly stages: number;
  readonly turns: number;
  readonly toolCalls: number;
  readonly usage?: Usage;
}

export interface RunView {
  readonly runId: string;
  readonly phase: 'waiting' | 'starting' | 'running' | 'paused' | 'blocked' | 'ended';
  readonly workflow?: string;
  readonly goal?: string;
  readonly branch?: string;
  readonly worktree?: string;
  readonly baseSha?: string;
  readonly startedAt?: number;
  /** Stages that run or wait for a retry, in the order of their starts. */
  readonly active: readonly StageView[];
  readonly questions: readonly QuestionView[];
  readonly totals: Totals;
  /** The last model answer of the run, for the output block. */
  readonly output?: string;
  readonly end?: RunEnd;
  readonly retro?: Retro;
  /** Sequence number of the last durable event seen. */
  readonly lastSeq: number;
}

/** Something that gets a lasting line. */
export type Happening =
  | { readonly kind: 'sandbox_ready'; readonly provider: string; readonly durationMs: number }
  /** A step of `run.prepare` has ended. */
  | {
      readonly kind: 'prepared';
      readonly command: string;
      readonly durationMs: number;
      readonly ok: boolean;
    }
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'resumed' }
  /** A `loop_restart` edge was taken to this node. */
  | { readonly kind: 'begun_anew'; readonly node: string }
  | { readonly kind: 'stage_started'; readonly stage: StageView }
  | { readonly kind: 'stage_ended'; readonly stage: StageView }
  | { readonly kind: 'stage_retrying'; readonly stage: StageView; readonly delayMs: number }
  | { readonly kind: 'stage_interrupted'; readonly stage: StageView }
  | {
      readonly kind: 'notice';
      readonly level: 'info' | 'warn' | 'error';
      readonly message: string;
    }
  | { readonly kind: 'question'; readonly question: QuestionView }
  | {
      readonly kind: 'question_closed';
      readonly questionId: string;
      readonly text: string;
      /** The answer as text; absent when it ended without one. */
      readonly answer?: string;
      /** True when the question itself has a lasting line already. */
      readonly shown: boolean;
    }
  | { readonly kind: 'ended'; readonly end: RunEnd };

/** The view after an event, and what of it deserves a lasting line. */
export interface Step {
  readonly view: RunView;
  readonly happened: readonly Happening[];
}

/** A view before any event. */
export function emptyView(runId: string): RunView {
  return {
    runId,
    phase: 'waiting',
    active: [],
    questions: [],
    totals: { stages: 0, turns: 0, toolCalls: 0 },
    lastSeq: 0,
  };
}
