/** The last steps of a run: hooks hear of its end, and what stands beside the walk is waited for. */
import { ROOT_FRAME } from '@fabro/protocol';
import type { RunState } from '../state.js';
import {
  NOTHING,
  type Conclusion,
  type DecideFacts,
  type Decision,
  type World,
} from './decision.js';
import { backgroundActs, hasHooks, isHookSlot, passGate } from './gate.js';
import { runPoint } from './hook-points.js';
import { endsQuietly } from './stop.js';

/** The conclusion, or what must happen before it. */
export function finish(
  world: World,
  state: RunState,
  facts: DecideFacts,
  conclusion: Conclusion,
): Decision {
  const waits = [...facts.inFlight].filter((slot) => !isHookSlot(slot));
  if (waits.length > 0) return { ...NOTHING, cancel: waits };
  const root = state.frames.get(ROOT_FRAME);
  if (root === undefined || !hasHooks(world) || endsQuietly(state))
    return { ...NOTHING, conclusion };
  const event = conclusion.status === 'completed' ? 'run_complete' : 'run_failed';
  for (const point of [event, 'sandbox_cleanup'] as const) {
    const passage = passGate(world, state, root, runPoint(world, state, point, conclusion));
    if (!passage.open) return onlyNew(passage.step, facts);
  }
  const acts = backgroundActs(world, state, facts.inFlight);
  // A hook that the settings do not have any more is waited for by nobody.
  if (acts.length > 0 || [...facts.inFlight].some(isHookSlot)) return { ...NOTHING, acts };
  return { ...NOTHING, conclusion };
}

/** A hook that is being asked is not asked again. */
function onlyNew(step: Decision, facts: DecideFacts): Decision {
  return { ...step, acts: step.acts.filter(({ frame, ...act }) => !isUnderWay(act, frame, facts)) };
}

function isUnderWay(act: object, frame: string, facts: DecideFacts): boolean {
  const slot = 'slot' in act && typeof act.slot === 'string' ? act.slot : frame;
  return facts.inFlight.has(slot);
}
