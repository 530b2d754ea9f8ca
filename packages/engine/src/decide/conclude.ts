/** How a run ends by itself: at its exit, or where its path has no way on. */
import type { EventDraft, StatusReason } from '@fabro/protocol';
import { checkGoalGates } from '../goal-gates.js';
import { frameScope } from '../scope.js';
import type { Frame } from '../state.js';
import { NOTHING, type Conclusion, type Decision, type World } from './decision.js';

/** The root path has ended without an exit node. */
export function conclude(world: World, frame: Frame): Decision {
  if (frame.phase.kind !== 'ended') return NOTHING;
  const { status, failure } = frame.phase;
  if (status === 'failed') {
    const stage = frame.lastNode ?? '?';
    const reason: StatusReason =
      failure?.failure_class === 'transient_infra'
        ? 'transient_infra'
        : failure?.failure_class === 'budget_exhausted'
          ? 'budget_exhausted'
          : 'workflow_error';
    const why = failure === undefined ? '' : `: ${failure.message}`;
    return {
      ...NOTHING,
      conclusion: {
        status: 'failed',
        reason,
        error: `stage ${stage} failed with no outgoing fail edge${why}`,
      },
    };
  }
  const gates = checkGoalGates(world.graph, frame);
  if (gates.kind === 'failed')
    return {
      ...NOTHING,
      conclusion: { status: 'failed', reason: 'workflow_error', error: gates.message },
    };
  if (gates.kind === 'retry')
    return { ...NOTHING, events: [goalGateEdge(frame, gates.gate, gates.to)] };
  return { ...NOTHING, conclusion: success(frame) };
}

/** A run that ends well while some node's latest outcome is partial or failed is a partial success. */
export function success(frame: Frame): Conclusion {
  const bad = [...frame.outcomes.values()].some(
    (o) => o.status === 'failed' || o.status === 'partially_succeeded',
  );
  return { status: 'completed', reason: bad ? 'partial_success' : 'completed' };
}

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
