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
  type World,
} from './decide/decision.js';
import { stepFrame } from './decide/step-frame.js';
import { stopReason, windDown } from './decide/stop.js';
import { within } from './decide/within.js';
import type { RunState } from './state.js';

export type { Act, Conclusion, DecideFacts, Decision, World } from './decide/decision.js';

/** What happens next; `acts` and `cancel` are empty while there are events or a conclusion. */
export function decide(world: World, state: RunState, facts: DecideFacts): Decision {
  const stop = stopReason(world, state);
  if (stop !== undefined) return windDown(world, state, facts, stop);
  const control = controlEvents(state);
  if (control.length > 0) return { ...NOTHING, events: control };
  const acts: Act[] = [];
  const cancel: FrameId[] = [];
  const givenUp: FrameId[] = [];
  // A frame stands before the frames that it opened, so what it gives up is known when they are reached.
  for (const frame of state.frames.values()) {
    if (givenUp.some((id) => within(frame.id, id))) continue;
    const step = stepFrame(world, state, frame, facts);
    if (step.events.length > 0 || step.conclusion !== undefined) return step;
    acts.push(...step.acts);
    cancel.push(...step.cancel);
    givenUp.push(...(step.givenUp ?? []));
  }
  return { events: [], acts, cancel };
}
