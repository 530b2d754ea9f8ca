/** The vocabulary of hooks and the records of their calls (engine reference §9.1). */
import { z } from 'zod';

/** What a hook can be called for. */
export const HookEvent = z.enum([
  'run_start',
  'run_complete',
  'run_failed',
  'stage_start',
  'stage_complete',
  'stage_failed',
  'stage_retrying',
  'edge_selected',
  'parallel_start',
  'parallel_complete',
  'sandbox_ready',
  'sandbox_cleanup',
  'checkpoint_saved',
  'pre_tool_use',
  'post_tool_use',
  'post_tool_use_failure',
]);
export type HookEvent = z.infer<typeof HookEvent>;

const index = z.number().int().nonnegative();

/** Properties of `hook.started`. */
export const HookStarted = z.looseObject({
  /** The hook's name. */
  hook: z.string(),
  hook_event: HookEvent,
  transport: z.enum(['command', 'http', 'prompt', 'agent']),
  blocking: z.boolean(),
  /** Position among the hooks that match this event, from 0. */
  index,
});

/** Properties of `hook.completed`. */
export const HookCompleted = z.looseObject({
  hook: z.string(),
  hook_event: HookEvent,
  index,
  decision: z.enum(['proceed', 'skip', 'block', 'override']),
  reason: z.string().optional(),
  /** Only of an override. */
  edge_to: z.string().optional(),
  duration_ms: z.number().nonnegative(),
  exit_code: z.number().int().optional(),
  /** The end of what it printed or answered. */
  output_tail: z.string().optional(),
  /** Why it did not decide by itself. */
  error: z.string().optional(),
});
