/** From the edge to the node: joins, exits, goal gates, and the first event of an attempt. */
import { stageId, type EventDraft } from '@fabro/protocol';
import { isTerminalNode } from '@fabro/workflow';
import { checkGoalGates } from '../goal-gates.js';
import { retryPolicy } from '../retry-policy.js';
import { stageScope } from '../scope.js';
import type { Frame, OpenStage, RunState } from '../state.js';
import { endBranch, joinFor } from './branch.js';
import { goalGateEdge } from './conclude.js';
import { NOTHING, type DecideFacts, type Decision, type World } from './decision.js';
import { nodeOf, stageInput } from './stage-input.js';

export function enter(
  world: World,
  state: RunState,
  frame: Frame,
  id: string,
  facts: DecideFacts,
): Decision {
  const nodeId = id === '' ? startOf(world) : id;
  if (frame.branch !== undefined && nodeId === joinFor(world, frame))
    return { ...NOTHING, events: [endBranch(world, state, frame, facts)] };
  const node = nodeOf(world, nodeId);
  if (isTerminalNode(node) && frame.branch === undefined) {
    const gates = checkGoalGates(world.graph, frame);
    if (gates.kind === 'failed')
      return {
        ...NOTHING,
        conclusion: { status: 'failed', reason: 'workflow_error', error: gates.message },
      };
    if (gates.kind === 'retry')
      return { ...NOTHING, events: [goalGateEdge(frame, gates.gate, gates.to)] };
  } else if (isTerminalNode(node))
    return { ...NOTHING, events: [endBranch(world, state, frame, facts)] };
  const visit = (state.visits.get(nodeId) ?? 0) + 1;
  return startAttempt(world, state, frame, {
    node: nodeId,
    visit,
    stageId: stageId(nodeId, visit),
    handlerType: node.handler,
    attempt: 1,
    maxAttempts: retryPolicy(world.graph, node).maxAttempts,
    interruptions: 0,
    index: state.completed,
    startedAtMs: facts.nowMs,
    epoch: state.epoch,
    openedSeq: 0,
  });
}

function startOf(world: World): string {
  if (world.graph.startId === undefined)
    throw new Error(`the graph ${world.graph.name} has no start node`);
  return world.graph.startId;
}

export function startAttempt(
  world: World,
  state: RunState,
  frame: Frame,
  stage: OpenStage,
): Decision {
  const input = stageInput(world, state, frame, stage);
  const handler = world.handlerOf(input.node);
  const started: EventDraft = {
    ...stageScope(frame, stage, input.node),
    event: 'stage.started',
    properties: {
      index: stage.index,
      handler_type: stage.handlerType,
      attempt: stage.attempt,
      max_attempts: stage.maxAttempts,
    },
  };
  const more =
    handler.kind === 'acted' && !world.settings.dryRun ? (handler.starting?.(input) ?? []) : [];
  return { ...NOTHING, events: [started, ...more] };
}
