/** What a hook is told about the event (engine reference §9.1). */
import type { HookEvent, JsonValue } from '@fabro/protocol';
import { MAX_HOOK_CONTEXT_BYTES, MAX_HOOK_TEXT_CHARS } from '../limits.js';

/** Absent fields do not apply to the event. */
export interface HookContext {
  readonly event: HookEvent;
  readonly run_id: string;
  readonly workflow_name: string;
  /** Where the run's commands work, inside the sandbox. */
  readonly cwd?: string;
  readonly node_id?: string;
  readonly node_label?: string;
  readonly handler_type?: string;
  readonly status?: string;
  readonly edge_from?: string;
  readonly edge_to?: string;
  readonly edge_label?: string;
  readonly failure_reason?: string;
  readonly attempt?: number;
  readonly max_attempts?: number;
  readonly tool_name?: string;
  readonly tool_input?: JsonValue;
  readonly tool_call_id?: string;
  readonly tool_output?: string;
  readonly error_message?: string;
}

/** The context as JSON. Long texts are cut, and a tool's input that is too large as a whole is left out. */
export function contextJson(context: HookContext): string {
  const text = JSON.stringify(context, shortened);
  if (Buffer.byteLength(text) <= MAX_HOOK_CONTEXT_BYTES) return text;
  const { tool_input: _, ...rest } = context;
  return JSON.stringify(rest, shortened);
}

function shortened(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= MAX_HOOK_TEXT_CHARS) return value;
  const omitted = value.length - MAX_HOOK_TEXT_CHARS;
  return `${value.slice(0, MAX_HOOK_TEXT_CHARS)}\n(${omitted} characters omitted)`;
}

/** The variables by which a command knows what it is called for. */
export function contextVariables(context: HookContext): Readonly<Record<string, string>> {
  return {
    FABRO_EVENT: context.event,
    FABRO_RUN_ID: context.run_id,
    FABRO_WORKFLOW: context.workflow_name,
    ...(context.node_id === undefined ? {} : { FABRO_NODE_ID: context.node_id }),
  };
}
