/** How often a stage is tried and how long is waited in between (engine reference §4.4), pure. */
import { attr, type Graph, type GraphNode } from '@fabro/workflow';
import { MAX_DELAY_MS } from './limits.js';

export interface RetryPolicy {
  /** From 1. */
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  readonly factor: number;
}

const PRESETS: Readonly<Record<string, RetryPolicy>> = {
  none: { maxAttempts: 1, firstDelayMs: 5_000, factor: 2 },
  standard: { maxAttempts: 5, firstDelayMs: 5_000, factor: 2 },
  aggressive: { maxAttempts: 5, firstDelayMs: 500, factor: 2 },
  linear: { maxAttempts: 3, firstDelayMs: 500, factor: 1 },
  patient: { maxAttempts: 3, firstDelayMs: 2_000, factor: 3 },
};

/** The node's preset, else its `max_retries`, else the graph's `default_max_retries`, else one attempt. */
export function retryPolicy(graph: Graph, node: GraphNode): RetryPolicy {
  const preset = PRESETS[attr.string(node, 'retry_policy') ?? ''];
  if (preset !== undefined) return preset;
  const retries =
    attr.integer(node, 'max_retries') ?? attr.integer(graph, 'default_max_retries') ?? 0;
  return { maxAttempts: Math.max(0, retries) + 1, firstDelayMs: 5_000, factor: 2 };
}

/**
 * Milliseconds after the n-th try (from 1): the capped delay with a jitter of half to one and a half.
 * @param random from 0 up to 1.
 */
export function retryDelayMs(policy: RetryPolicy, tries: number, random: number): number {
  const delay = Math.min(policy.firstDelayMs * policy.factor ** (tries - 1), MAX_DELAY_MS);
  return Math.round(delay * (0.5 + random));
}
