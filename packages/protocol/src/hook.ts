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

/** What a hook is told about the event; absent fields do not apply to it. */
export const HookContext = z.object({
  event: HookEvent,
  run_id: z.string(),
  workflow_name: z.string(),
  /** Where the run's commands work, inside the sandbox. */
  cwd: z.string().optional(),
  node_id: z.string().optional(),
  node_label: z.string().optional(),
  handler_type: z.string().optional(),
  status: z.string().optional(),
  edge_from: z.string().optional(),
  edge_to: z.string().optional(),
  edge_label: z.string().optional(),
  failure_reason: z.string().optional(),
  attempt: z.number().int().optional(),
  max_attempts: z.number().int().optional(),
  tool_name: z.string().optional(),
  tool_input: z.json().optional(),
  tool_call_id: z.string().optional(),
  tool_output: z.string().optional(),
  error_message: z.string().optional(),
});
export type HookContext = z.infer<typeof HookContext>;

const index = z.number().int().nonnegative();
/** The point of the walk whose hooks these are: the event and what it is about, as `stage_start/build@2/a1`. */
const gate = z.string().optional();

/** Properties of `hook.started`. */
export const HookStarted = z.looseObject({
  /** The hook's name. */
  hook: z.string(),
  hook_event: HookEvent,
  transport: z.enum(['command', 'http', 'prompt', 'agent']),
  blocking: z.boolean(),
  /** Position among the hooks that match this event, from 0. */
  index,
  gate,
  /** Set when the walk does not wait for the hook: what it is told, since the walk may be elsewhere by then. */
  context: HookContext.optional(),
});

/** Properties of `hook.completed`. */
export const HookCompleted = z.looseObject({
  hook: z.string(),
  hook_event: HookEvent,
  index,
  gate,
  /** True when the walk waited for it and its decision counts. */
  blocking: z.boolean().optional(),
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
