/** One model behind one port: a stream that ends with the whole message, or with the error. */
import type { AssistantMessage, Message, ToolSpec, Usage } from '@fabro/protocol';

export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  /** Most tokens of the answer; absent: the model's own limit from the catalogue. */
  readonly maxOutputTokens?: number;
  readonly reasoningEffort?: 'low' | 'medium' | 'high';
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | 'other';

/** Once a stream is open, failure is its last event; iterating never throws. */
export type ModelEvent =
  | { readonly type: 'text_delta'; readonly delta: string }
  | { readonly type: 'reasoning_delta'; readonly delta: string }
  /** Any other sign of life; resets the stall watchdog. */
  | { readonly type: 'activity' }
  | {
      readonly type: 'finish';
      readonly message: AssistantMessage;
      readonly usage: Usage;
      readonly finishReason: FinishReason;
    }
  | { readonly type: 'error'; readonly error: ModelError };

export type ModelErrorKind =
  | 'authentication'
  | 'access_denied'
  | 'not_found'
  | 'invalid_request'
  | 'context_length'
  | 'quota_exceeded'
  | 'rate_limit'
  | 'server'
  | 'timeout'
  | 'network'
  | 'stream'
  | 'content_filter'
  | 'canceled';

/** A failed model call. `retryable` and `retryAfterMs` say what the caller may do. */
export interface ModelError {
  readonly kind: ModelErrorKind;
  /** Names provider, model, status and what to do; never holds a key. */
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export interface Model {
  readonly provider: string;
  readonly id: string;
  /** True for the scripted model: every surface that shows the model says so. */
  readonly scripted: boolean;
  readonly contextWindow: number;
  stream(
    request: ModelRequest,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<ModelEvent>;
}

/** What the composition root resolves a node's `model` and `provider` with. */
export interface Models {
  /**
   * Throws FabroError `invalid_argument` for an unknown model or provider (with near matches) and for a
   * provider without a key (naming the variable).
   */
  resolve(wish: { readonly model?: string; readonly provider?: string }): Model;
  /** True when some real provider has a key. */
  readonly configured: boolean;
}
