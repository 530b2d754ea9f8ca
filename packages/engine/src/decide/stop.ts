/** What ends a run whatever its frames do, and how it is wound down then. */
import { attr, isTerminalNode, type GraphNode } from '@fabro/workflow';
import { DRY_RUN_VISITS, MAX_RESTARTS } from '../limits.js';
import { cancelledStage } from '../settle.js';
import { openStage, type RunState } from '../state.js';
import { joinFor } from './branch.js';
import {
  NOTHING,
  type Conclusion,
  type DecideFacts,
  type Decision,
  type World,
} from './decision.js';
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
  for (const frame of state.frames.values()) {
    // At its join a branch ends; only the frame above visits the node.
    if (frame.phase.kind !== 'at' || frame.phase.node === joinFor(world, frame)) continue;
    const node = world.graph.nodes.get(frame.phase.node);
    const limit = node === undefined ? undefined : visitLimit(world, node);
    const visits = state.visits.get(frame.phase.node) ?? 0;
    if (node !== undefined && limit !== undefined && visits >= limit.count && !isTerminalNode(node))
      return {
        status: 'failed',
        reason: 'workflow_error',
        error: `node "${node.id}" visited ${visits + 1} times (${limit.of} limit ${limit.count}); run is stuck in a cycle`,
      };
  }
  return undefined;
}

function visitLimit(
  world: World,
  node: GraphNode,
): { readonly count: number; readonly of: 'node' | 'graph' } | undefined {
  const own = attr.integer(node, 'max_visits');
  if (own !== undefined && own > 0) return { count: own, of: 'node' };
  const all = attr.integer(world.graph, 'max_node_visits') ?? 0;
  if (all > 0) return { count: all, of: 'graph' };
  return world.settings.dryRun ? { count: DRY_RUN_VISITS, of: 'graph' } : undefined;
}

/** Stops what is in flight, closes what is open, then concludes. */
export function windDown(
  world: World,
  state: RunState,
  facts: DecideFacts,
  conclusion: Conclusion,
): Decision {
  if (facts.inFlight.size > 0) return { ...NOTHING, cancel: [...facts.inFlight] };
  const events = [...state.questions.values()].flatMap((q) => withdrawn(q, 'the run ended'));
  // A frame stands before the frames that it opened: the innermost stages end first.
  for (const frame of [...state.frames.values()].toReversed()) {
    if (frame.phase.kind !== 'running') continue;
    const input = stageInput(world, state, frame, frame.phase.stage);
    events.push(cancelledStage(input, conclusionText(conclusion), facts.nowMs));
  }
  return events.length > 0 ? { ...NOTHING, events } : { ...NOTHING, conclusion };
}

function conclusionText(conclusion: Conclusion): string {
  return conclusion.status === 'failed' ? conclusion.error : conclusion.reason;
}
