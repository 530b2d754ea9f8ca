/** What a hook is told about the event (engine reference §9.1). */
import type { HookContext } from '@fabro/protocol';
import { MAX_HOOK_CONTEXT_BYTES, MAX_HOOK_TEXT_CHARS } from '../limits.js';

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
