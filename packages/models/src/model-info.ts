/** What is known of a model. */
import type { ProviderId } from './providers.js';

/**
 * How a model's reasoning is steered: not at all, by a token budget, by effort with adaptive thinking, by
 * effort alone, or it always reasons.
 */
export type ReasoningControl = 'none' | 'budget' | 'adaptive' | 'effort' | 'always';

export interface ModelInfo {
  readonly id: string;
  readonly provider: ProviderId;
  readonly aliases: readonly string[];
  readonly isProviderDefault: boolean;
  /** Tokens of prompt and answer together. */
  readonly contextWindow: number;
  /** Most tokens of one answer. */
  readonly maxOutputTokens: number;
  readonly features: {
    readonly tools: boolean;
    readonly vision: boolean;
    readonly reasoning: ReasoningControl;
  };
  /** Micro-dollars per million tokens; absent when the provider publishes none. */
  readonly price?: {
    readonly input: number;
    readonly output: number;
    /** Absent: cached input costs as much as other input. */
    readonly cacheRead?: number;
  };
}
