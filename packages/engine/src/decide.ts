/**
 * `decide(world, state, facts)`: what happens next, as data. Pure: events to record, acts to begin, frames to
 * stop, or the run's conclusion. While there are events nothing else is returned; the loop records them,
 * folds them and asks again, so that all that needs no act is one append.
 */
import type { FrameId } from '@fabro/protocol';
import { controlEvents } from './decide/control.js';
import {
  NOTHING,
  type Act,
  type DecideFacts,
  type Decision,
  type Slot,
  type World,
} from './decide/decision.js';
import { finish } from './decide/finish.js';
import { backgroundActs, isHookSlot } from './decide/gate.js';
import { stallEvents } from './decide/stall.js';
import { stepFrame } from './decide/step-frame.js';
import { stopReason, windDown } from './decide/stop.js';
import { within } from './decide/within.js';
import type { RunState } from './state.js';

export type { Act, Conclusion, DecideFacts, Decision, Slot, World } from './decide/decision.js';

/** What happens next; `acts` and `cancel` are empty while there are events or a conclusion. */
export function decide(world: World, state: RunState, facts: DecideFacts): Decision {
  const stop = stopReason(world, state);
  const decision =
    stop === undefined ? walk(world, state, facts) : windDown(world, state, facts, stop);
  return decision.conclusion === undefined
    ? decision
    : finish(world, state, facts, decision.conclusion);
}

function walk(world: World, state: RunState, facts: DecideFacts): Decision {
  const beside = [...controlEvents(state), ...stallEvents(world, state, facts)];
  if (beside.length > 0) return { ...NOTHING, events: beside };
  const acts: Act[] = [];
  const cancel: Slot[] = [];
  const givenUp: FrameId[] = [];
  const kept = new Set<Slot>();
  // A frame stands before the frames that it opened, so what it gives up is known when they are reached.
  for (const frame of state.frames.values()) {
    if (givenUp.some((id) => within(frame.id, id))) continue;
    const step = stepFrame(world, state, frame, facts);
    if (step.events.length > 0 || step.conclusion !== undefined) return step;
    acts.push(...step.acts);
    cancel.push(...step.cancel);
    givenUp.push(...(step.givenUp ?? []));
    for (const slot of step.keeps ?? []) kept.add(slot);
  }
  for (const slot of facts.inFlight) if (isWait(slot) && !kept.has(slot)) cancel.push(slot);
  if (state.background.size > 0) acts.push(...backgroundActs(world, state, facts.inFlight));
  return { events: [], acts, cancel };
}

/** The slot of a framed stage's wait: unlike other acts it may outlive its reason. */
function isWait(slot: Slot): boolean {
  return slot.includes('#') && !isHookSlot(slot);
}
