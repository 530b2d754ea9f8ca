/** What a preamble is made from. */
import type { JsonValue } from '@fabro/protocol';

/** The latest visit of a node. Texts are there whole; the preamble cuts them. */
export interface StageSummary {
  readonly id: string;
  readonly label: string;
  readonly handlerType: string;
  readonly status: string;
  readonly notes?: string;
  readonly failureReason?: string;
  /** Of a command. */
  readonly script?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Of a stage that asked a model. */
  readonly model?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly filesTouched?: readonly string[];
  readonly response?: string;
  /** A file that holds more of what the stage made. */
  readonly pointer?: string;
}

export interface PreambleFacts {
  readonly goal?: string;
  readonly runId: string;
  /** Oldest first, without start and exit. */
  readonly stages: readonly StageSummary[];
  /** How many stages the workflow has, start and exit not counted. */
  readonly totalStages: number;
  /** Values are there whole: no references to blobs. */
  readonly context: ReadonlyMap<string, JsonValue>;
  /** What the parent workflow's stage was told; only in a child workflow. */
  readonly parentPreamble?: string;
}
