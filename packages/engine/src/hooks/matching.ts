/** Which hooks an event calls (engine reference §9.1). */
import { messageOf, type HookContext, type HookEvent } from '@fabro/protocol';
import { RE2JS } from 're2js';
import { MAX_MATCHER_CHARS } from '../limits.js';
import type { Hook } from './hook.js';

/** The hooks of the event whose matcher is found in the context, in their order. */
export function matchingHooks(
  hooks: readonly Hook[],
  event: HookEvent,
  context: HookContext,
): readonly Hook[] {
  return hooks.filter((hook) => hook.event === event && matches(hook, context));
}

type Compiled =
  | { readonly ok: true; readonly value: RE2JS }
  | { readonly ok: false; readonly why: string };

/** Every decision of a walk asks again, and compiling is dear. */
const compiled = new WeakMap<Hook, Compiled>();

function matches(hook: Hook, context: HookContext): boolean {
  if (hook.matcher === undefined) return true;
  const expression = compiled.get(hook) ?? compileMatcher(hook.matcher);
  compiled.set(hook, expression);
  if (!expression.ok) return false;
  const { node_id, handler_type, edge_to, edge_from, tool_name } = context;
  return [node_id, handler_type, edge_to, edge_from, tool_name].some(
    (text) => text !== undefined && expression.value.test(text),
  );
}

/** A matcher in the linear-time engine, or why it is none. */
export function compileMatcher(matcher: string): Compiled {
  if (matcher.length > MAX_MATCHER_CHARS)
    return {
      ok: false,
      why: `it has ${matcher.length} characters, at most ${MAX_MATCHER_CHARS} are read`,
    };
  try {
    return { ok: true, value: RE2JS.compile(matcher) };
  } catch (error) {
    return { ok: false, why: messageOf(error) };
  }
}
