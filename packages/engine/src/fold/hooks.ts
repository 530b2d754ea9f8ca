/** Hooks in the fold: a gate knows which of its hooks have begun and what they decided. */
import type { FrameId } from '@fabro/protocol';
import type { Frame, Gate, RunState } from '../state.js';
import { frameIdOf, type Folded } from './event.js';

/** Where a gate is kept: frames have gates of their own. */
export function gateKey(frame: FrameId, gate: string): string {
  return `${frame}#${gate}`;
}

export function hookStarted(state: RunState, event: Folded<'hook.started'>): void {
  const { gate: name, index, context } = event.properties;
  if (name === undefined) return;
  const frame = frameIdOf(event);
  const key = gateKey(frame, name);
  gateOf(state, key).started.add(index);
  if (context !== undefined)
    state.background.set(`${key}/${index}`, {
      frame,
      gate: name,
      index,
      context,
      ...(event.stage_id === undefined ? {} : { stageId: event.stage_id }),
    });
}

export function hookCompleted(state: RunState, event: Folded<'hook.completed'>): void {
  const p = event.properties;
  if (p.gate === undefined) return;
  const key = gateKey(frameIdOf(event), p.gate);
  if (state.background.delete(`${key}/${p.index}`)) return;
  gateOf(state, key).decided.set(p.index, {
    decision: p.decision,
    ...(p.reason === undefined ? {} : { reason: p.reason }),
    ...(p.edge_to === undefined ? {} : { edgeTo: p.edge_to }),
  });
  if (p.blocking !== true || p.decision !== 'block' || AFTER_THE_END.has(p.hook_event)) return;
  state.fatal ??= {
    reason: 'workflow_error',
    message: `hook "${p.hook}" blocked ${p.gate}: ${p.reason ?? 'no reason given'}`,
    byHook: true,
  };
}

/** What has ended cannot be blocked. */
const AFTER_THE_END: ReadonlySet<string> = new Set([
  'run_complete',
  'run_failed',
  'sandbox_cleanup',
]);

/** The frame has gone on: what its hooks decided has been done. */
export function closeGates(state: RunState, frame: Frame): void {
  if (state.gates.size === 0) return;
  const prefix = gateKey(frame.id, '');
  for (const key of state.gates.keys()) if (key.startsWith(prefix)) state.gates.delete(key);
}

function gateOf(state: RunState, key: string): Gate {
  const known = state.gates.get(key);
  if (known !== undefined) return known;
  const gate: Gate = { started: new Set(), decided: new Map() };
  state.gates.set(key, gate);
  return gate;
}
