/** How a walk ends by itself: at its exit, or where its path has no way on. */
import type { EventDraft, Failure, StatusReason } from '@fabro/protocol';
import { checkGoalGates } from '../goal-gates.js';
import { frameScope } from '../scope.js';
import type { Frame, RunState } from '../state.js';
import { endFrame } from './branch.js';
import {
  NOTHING,
  type Conclusion,
  type DecideFacts,
  type Decision,
  type World,
} from './decision.js';
import { graphOf } from './stage-input.js';

/** The path of the root or of a child workflow has ended without an exit node. */
export function conclude(
  world: World,
  state: RunState,
  frame: Frame,
  facts: DecideFacts,
): Decision {
  if (frame.phase.kind !== 'ended') return NOTHING;
  const { status, failure } = frame.phase;
  if (status !== 'failed') return atExit(world, state, frame, facts);
  const stage = frame.lastNode ?? '?';
  const why = failure === undefined ? '' : `: ${failure.message}`;
  return ending(world, state, frame, facts, {
    status: 'failed',
    reason: reasonOf(failure),
    error: `stage ${stage} failed with no outgoing fail edge${why}`,
  });
}

/** Goal gates are asked, then the walk ends well. */
export function atExit(world: World, state: RunState, frame: Frame, facts: DecideFacts): Decision {
  const gates = checkGoalGates(graphOf(world, frame), frame);
  switch (gates.kind) {
    case 'retry':
      return { ...NOTHING, events: [goalGateEdge(frame, gates.gate, gates.to)] };
    case 'failed':
      return ending(world, state, frame, facts, {
        status: 'failed',
        reason: 'workflow_error',
        error: gates.message,
      });
    case 'open':
      return ending(world, state, frame, facts, success(frame));
  }
}

/** The end of the root is the run's conclusion, that of a child is an event. */
export function ending(
  world: World,
  state: RunState,
  frame: Frame,
  facts: DecideFacts,
  conclusion: Conclusion,
): Decision {
  if (frame.child === undefined) return { ...NOTHING, conclusion };
  return { ...NOTHING, events: [endFrame(world, state, frame, childEnd(conclusion), facts)] };
}

function childEnd(conclusion: Conclusion): Parameters<typeof endFrame>[3] {
  if (conclusion.status === 'completed')
    return { status: conclusion.reason === 'completed' ? 'succeeded' : 'partially_succeeded' };
  const { reason, error } = conclusion;
  return {
    status: 'failed',
    failure: {
      message: error,
      failure_class:
        reason === 'transient_infra' || reason === 'budget_exhausted' ? reason : 'deterministic',
    },
  };
}

function reasonOf(failure: Failure | undefined): StatusReason {
  switch (failure?.failure_class) {
    case 'transient_infra':
      return 'transient_infra';
    case 'budget_exhausted':
      return 'budget_exhausted';
    default:
      return 'workflow_error';
  }
}

/** A walk that ends well while some node's latest outcome is partial or failed is a partial success. */
export function success(frame: Frame): Conclusion {
  const bad = [...frame.outcomes.values()].some(
    (o) => o.status === 'failed' || o.status === 'partially_succeeded',
  );
  return { status: 'completed', reason: bad ? 'partial_success' : 'completed' };
}

/** The walk goes back for a gate. */
export function goalGateEdge(frame: Frame, gate: string, to: string): EventDraft {
  return {
    ...frameScope(frame),
    event: 'edge.selected',
    properties: {
      from_node: gate,
      to_node: to,
      reason: 'goal_gate',
      stage_status: frame.outcomes.get(gate)?.status ?? 'failed',
      is_jump: true,
    },
  };
}
