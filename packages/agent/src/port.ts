/** The agent loop's face: one stage of work by one model with tools, every act a durable call. */
import type { Model } from '@fabro/models';
import type {
  CallKey,
  Clock,
  DurableCalls,
  EventScope,
  Failure,
  LiveEvent,
  Message,
  PauseSignal,
  Usage,
} from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';

export interface AgentRequest {
  /** Prefix of all call keys of this attempt: `<key>/head`, `<key>/t1/model`, `<key>/t1/tool0`, … */
  readonly key: CallKey;
  /** Envelope fields of every event of the session (`node_id`, `stage_id`, `frame_id`, `session_id`). */
  readonly scope: EventScope;
  readonly visit: number;
  /** The first user message, rendered, with the preamble. */
  readonly prompt: string;
  /** 0 = unlimited. */
  readonly maxTurns: number;
  /** One answer without tools: the system text as it is, and nothing of ours before it. */
  readonly plain?: { readonly system: string };
  /** The conversation that this session goes on, and others may go on later. */
  readonly thread?: AgentThread;
  readonly maxOutputTokens?: number;
  readonly reasoningEffort?: 'low' | 'medium' | 'high';
}

/** Sessions of one thread share a conversation; each stores what it has added. */
export interface AgentThread {
  readonly id: string;
  /** What was said before, in the order of the sessions. */
  readonly messages: readonly Message[];
  /** Places whose contents were seen before. */
  readonly read: readonly string[];
}

export type LiveDraft = LiveEvent extends infer E
  ? E extends LiveEvent
    ? Omit<E, 'ts' | 'run_id'>
    : never
  : never;

export interface AgentPorts {
  readonly model: Model;
  readonly sandbox: Sandbox;
  readonly calls: DurableCalls;
  readonly clock: Clock;
  /** From 0 up to 1; jitter of retries. */
  random(): number;
  /** Streams without storing. */
  live(event: LiveDraft): void;
  /** Removes secrets; applied once at the tool-result boundary, before model, journal and live deltas. */
  redact(text: string): string;
  /** Messages that were steered to this session since the last call, each returned once and already durable. */
  takeSteering(): readonly string[];
  readonly pause: PauseSignal;
  /** Facts for the system prompt's `<environment>`; read once, stored with the session head. */
  environment(): Promise<AgentEnvironment>;
}

export interface AgentEnvironment {
  readonly platform: string;
  readonly osVersion: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly gitBranch?: string;
  readonly isGitRepository: boolean;
}

export interface AgentResult {
  /** The last text of the model. */
  readonly text: string;
  readonly usage?: Usage;
  readonly turns: number;
  readonly toolCalls: number;
  /** Relative to the working directory, sorted, without duplicates. */
  readonly filesTouched: readonly string[];
  /** Set when the session could not go on (authentication, turn limit, exhausted retries). */
  readonly failure?: Failure & { readonly retryable: boolean };
}

/** Runs a session to its end. Rejects only when the signal aborts or the journal cannot be written. */
export type RunAgent = (request: AgentRequest, ports: AgentPorts) => Promise<AgentResult>;
