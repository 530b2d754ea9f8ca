/** Asking one hook: its key is derived from the gate, its end is the event with the decision. */
import { callKey, type EventDraft } from '@fabro/protocol';
import type { Act } from './decide.js';
import type { HookResult } from './hooks/result.js';
import { frameScope } from './scope.js';
import type { RunState } from './state.js';
import type { Walk } from './walk.js';

type HookAct = Extract<Act, { kind: 'hook' }>;

/** Resolves with `hook.completed`. Rejects only when the signal aborts. */
export async function askHook(walk: Walk, act: HookAct, signal: AbortSignal): Promise<EventDraft> {
  const { hook, gate, index, context } = act;
  if (walk.hooks === undefined)
    throw new Error(`hook ${hook.name} of gate ${gate} cannot be asked: the run has no runner`);
  const { state } = walk.recorder;
  const key = callKey(state.runId, act.frame, 'hook', gate, index);
  const result = await walk.hooks.run({ key, hook, context }, { signal });
  return hookCompleted(act, result, state);
}

/** The record of a hook's end. Pure. */
export function hookCompleted(
  act: HookAct,
  result: HookResult,
  state: Pick<RunState, 'frames'>,
): EventDraft {
  const { hook, gate, index } = act;
  const { decision } = result;
  const frame = state.frames.get(act.frame);
  return {
    // A hook beside the walk may end after the frame that it was told of.
    ...(frame === undefined ? { frame_id: act.frame } : frameScope(frame)),
    ...act.scope,
    event: 'hook.completed',
    properties: {
      hook: hook.name,
      hook_event: hook.event,
      index,
      gate,
      blocking: act.waited && hook.blocking,
      decision: decision.decision,
      duration_ms: result.durationMs,
      ...('reason' in decision && decision.reason !== undefined ? { reason: decision.reason } : {}),
      ...(decision.decision === 'override' ? { edge_to: decision.edge_to } : {}),
      ...(result.exitCode === undefined ? {} : { exit_code: result.exitCode }),
      ...(result.output === undefined ? {} : { output_tail: result.output }),
      ...(result.error === undefined ? {} : { error: result.error }),
    },
  };
}
