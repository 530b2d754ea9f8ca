/** What one stage came to (engine reference §3.1). */
import { z } from 'zod';
import { FailureClass, StageStatus } from './statuses.js';

export const Failure = z.object({
  message: z.string(),
  failure_class: FailureClass,
  failure_signature: z.string().optional(),
  system_actor: z.enum(['engine', 'watchdog', 'timeout']).optional(),
});
export type Failure = z.infer<typeof Failure>;

/** Tokens and money of model calls; money in millionths of a US dollar. */
export const Usage = z.object({
  input_tokens: z.number().int().nonnegative(),
  output_tokens: z.number().int().nonnegative(),
  reasoning_tokens: z.number().int().nonnegative().default(0),
  cache_read_tokens: z.number().int().nonnegative().default(0),
  cache_write_tokens: z.number().int().nonnegative().default(0),
  total_usd_micros: z.number().int().nonnegative().optional(),
});
export type Usage = z.infer<typeof Usage>;

export const Outcome = z.object({
  status: StageStatus,
  preferred_label: z.string().optional(),
  suggested_next_ids: z.array(z.string()).optional(),
  context_updates: z.record(z.string(), z.json()).optional(),
  jump_to_node: z.string().optional(),
  notes: z.string().optional(),
  failure: Failure.optional(),
  usage: Usage.optional(),
  files_touched: z.array(z.string()).optional(),
});
export type Outcome = z.infer<typeof Outcome>;

/** Adds up usage; money is known only if it is known on a side that has any. */
export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const usd =
    a.total_usd_micros === undefined && b.total_usd_micros === undefined
      ? {}
      : { total_usd_micros: (a.total_usd_micros ?? 0) + (b.total_usd_micros ?? 0) };
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    reasoning_tokens: a.reasoning_tokens + b.reasoning_tokens,
    cache_read_tokens: a.cache_read_tokens + b.cache_read_tokens,
    cache_write_tokens: a.cache_write_tokens + b.cache_write_tokens,
    ...usd,
  };
}
