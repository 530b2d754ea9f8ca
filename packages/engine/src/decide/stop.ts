/** What ends a run whatever its frames do, and how it is wound down then. */
import { ROOT_FRAME } from '@fabro/protocol';
import { MAX_RESTARTS } from '../limits.js';
import { cancelledStage } from '../settle.js';
import { openStage, type RunState } from '../state.js';
import {
  NOTHING,
  type Conclusion,
  type DecideFacts,
  type Decision,
  type World,
} from './decision.js';
import { isHookSlot } from './gate.js';
import { limitFailure } from './limits.js';
import { stageInput } from './stage-input.js';
import { withdrawn } from './withdrawn.js';

/** Why the run ends now, whatever its frames do. */
export function stopReason(world: World, state: RunState): Conclusion | undefined {
  if (state.pendingControl === 'cancel')
    return { status: 'failed', reason: 'cancelled', error: 'Pipeline cancelled' };
  if (state.fatal !== undefined)
    return { status: 'failed', reason: state.fatal.reason, error: state.fatal.message };
  if (state.restarts >= MAX_RESTARTS) {
    const stages = [...state.frames.values()]
      .map((frame) => openStage(frame)?.stageId)
      .filter((s) => s !== undefined);
    return {
      status: 'failed',
      reason: 'terminated',
      error: `the server died ${state.restarts} times in a row in ${stages.join(', ') || 'the same place'} without a checkpoint in between; the run is given up`,
    };
  }
  const root = state.frames.get(ROOT_FRAME);
  for (const frame of state.frames.values()) {
    // What a child workflow runs into ends the child; its manager sees to that.
    if (frame.counters !== root?.counters) continue;
    const error = limitFailure(world, state, frame);
    if (error !== undefined) return { status: 'failed', reason: 'workflow_error', error };
  }
  return undefined;
}

/** Stops what is in flight, closes what is open, then concludes. */
export function windDown(
  world: World,
  state: RunState,
  facts: DecideFacts,
  conclusion: Conclusion,
): Decision {
  const quiet = endsQuietly(state);
  const busy = [...facts.inFlight].filter((slot) => quiet || !isHookSlot(slot));
  if (busy.length > 0) return { ...NOTHING, cancel: busy };
  const events = [...state.questions.values()].flatMap((q) => withdrawn(q, 'the run ended'));
  // A frame stands before the frames that it opened: the innermost stages end first.
  for (const frame of [...state.frames.values()].toReversed()) {
    if (frame.phase.kind !== 'running') continue;
    const input = stageInput(world, state, frame, frame.phase.stage);
    events.push(cancelledStage(input, conclusionText(conclusion), facts.nowMs));
  }
  return events.length > 0 ? { ...NOTHING, events } : { ...NOTHING, conclusion };
}

/** No hook hears of the end of a run that was cancelled, or that a hook has blocked. */
export function endsQuietly(state: RunState): boolean {
  return state.pendingControl === 'cancel' || state.fatal?.byHook === true;
}

function conclusionText(conclusion: Conclusion): string {
  return conclusion.status === 'failed' ? conclusion.error : conclusion.reason;
}
