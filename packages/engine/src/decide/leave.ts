/** From a settled stage to the next node: the edge and the checkpoint, in one append. */
import type { EventDraft } from '@fabro/protocol';
import { attr, retryTargetOf, selectEdge, type GraphNode, type Selection } from '@fabro/workflow';
import { frameScope, stageScope } from '../scope.js';
import { branchCompleted } from '../parallel.js';
import type { Frame, RecordedOutcome, RunState } from '../state.js';
import { branchName } from './branch.js';
import { NOTHING, type DecideFacts, type Decision, type World } from './decision.js';
import { nodeOf } from './stage-input.js';

export function leave(world: World, state: RunState, frame: Frame, facts: DecideFacts): Decision {
  if (frame.phase.kind !== 'settled') return NOTHING;
  const { stage, outcome } = frame.phase;
  const node = nodeOf(world, stage.node);
  const selection = wayOn(world, frame, node, outcome, facts);
  const scope = stageScope(frame, stage, node);
  const checkpoint = (next: string | undefined): EventDraft => ({
    ...scope,
    event: 'checkpoint.completed',
    properties: {
      status: outcome.status,
      current_node: node.id,
      ...(next === undefined ? {} : { next_node_id: next }),
      ...(frame.headSha === undefined ? {} : { git_commit_sha: frame.headSha }),
    },
  });
  if (selection.kind === 'none') {
    const events = [checkpoint(undefined)];
    if (frame.branch !== undefined)
      events.push(
        branchCompleted(state, frame, branchName(world, frame), outcome.status, facts.nowMs),
      );
    return { ...NOTHING, events };
  }
  if (selection.kind === 'retry_target') return { ...NOTHING, events: [checkpoint(selection.to)] };
  const edge = selection.kind === 'edge' ? selection.edge : undefined;
  const label = edge === undefined ? undefined : attr.string(edge, 'label');
  const selected: EventDraft = {
    ...frameScope(frame),
    event: 'edge.selected',
    properties: {
      from_node: node.id,
      to_node: selection.to,
      reason: selection.reason,
      stage_status: outcome.status,
      is_jump: selection.kind === 'jump',
      ...(label === undefined ? {} : { label }),
      ...(edge?.condition === undefined ? {} : { condition: edge.condition.text }),
    },
  };
  return { ...NOTHING, events: [selected, checkpoint(selection.to)] };
}

/** The edges of a parallel node are its branches: its own way on is the join, or the retry target. */
function wayOn(
  world: World,
  frame: Frame,
  node: GraphNode,
  outcome: RecordedOutcome,
  facts: DecideFacts,
): Selection {
  if (node.handler === 'parallel' && outcome.jumpToNode === undefined) {
    const to = outcome.status === 'failed' ? retryTargetOf(world.graph, node) : undefined;
    return to === undefined ? { kind: 'none', cause: 'no_edge' } : { kind: 'retry_target', to };
  }
  return selectEdge({
    graph: world.graph,
    node,
    outcome,
    context: (key) => {
      const value = frame.context.get(key);
      return value === undefined ? undefined : facts.materialise(value);
    },
    random: facts.random,
  });
}
