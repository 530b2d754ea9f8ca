/** The points of a walk that hooks may ask about, with what they are told (engine reference §9.1). */
import { ROOT_FRAME, type EventScope, type HookContext, type HookEvent } from '@fabro/protocol';
import { attr, labelOf, type GraphNode } from '@fabro/workflow';
import { frameScope, stageScope } from '../scope.js';
import {
  frameOf,
  type Frame,
  type OpenStage,
  type RecordedOutcome,
  type RunState,
} from '../state.js';
import type { Conclusion, World } from './decision.js';
import { hookSlot, type GatePoint } from './gate.js';
import { graphOf } from './stage-input.js';

/** Before the first stage, and after the last. */
export function runPoint(
  world: World,
  state: RunState,
  event: Extract<HookEvent, `run_${string}` | `sandbox_${string}`>,
  conclusion?: Conclusion,
): GatePoint {
  return {
    subject: state.submissions > 1 ? `run-${state.submissions}` : 'run',
    scope: {},
    context: {
      ...base(world, state, event, frameOf(state, ROOT_FRAME)),
      ...(conclusion === undefined ? {} : { status: conclusion.reason }),
      ...(conclusion?.status === 'failed' ? { failure_reason: conclusion.error } : {}),
    },
    ...(conclusion === undefined ? {} : { slot: hookSlot(event) }),
  };
}

/** Around a stage: before each attempt, before a retry, after its end, around its branches. */
export function stagePoint(
  world: World,
  state: RunState,
  frame: Frame,
  stage: OpenStage,
  node: GraphNode,
  event: HookEvent,
  outcome?: RecordedOutcome,
): GatePoint {
  return {
    subject: `${stage.stageId}/a${stage.attempt}`,
    scope: stageScope(frame, stage, node),
    context: {
      ...base(world, state, event, frame),
      node_id: node.id,
      node_label: labelOf(node),
      handler_type: stage.handlerType,
      attempt: stage.attempt,
      max_attempts: stage.maxAttempts,
      ...(outcome === undefined ? {} : { status: outcome.status }),
      ...(outcome?.failure === undefined ? {} : { failure_reason: outcome.failure.message }),
    },
  };
}

/** The way on of a settled stage. */
export function edgePoint(
  world: World,
  state: RunState,
  frame: Frame,
  stage: OpenStage,
  node: GraphNode,
  way: { readonly to: string; readonly edge?: number },
): GatePoint {
  const edge = way.edge === undefined ? undefined : graphOf(world, frame).edges[way.edge];
  const label = edge === undefined ? undefined : attr.string(edge, 'label');
  const point = stagePoint(world, state, frame, stage, node, 'edge_selected');
  return {
    ...point,
    context: {
      ...point.context,
      edge_from: node.id,
      edge_to: way.to,
      ...(label === undefined ? {} : { edge_label: label }),
    },
  };
}

/** After a checkpoint, while the frame is between stages; undefined before its first. */
export function checkpointPoint(
  world: World,
  state: RunState,
  frame: Frame,
): GatePoint | undefined {
  const { lastStage, lastNode } = frame;
  if (lastStage === undefined || lastNode === undefined) return undefined;
  const node = graphOf(world, frame).nodes.get(lastNode);
  const outcome = frame.outcomes.get(lastNode);
  if (node === undefined || outcome === undefined) return undefined;
  const scope: EventScope = { ...frameScope(frame), node_id: node.id, stage_id: lastStage };
  return {
    subject: lastStage,
    scope,
    context: {
      ...base(world, state, 'checkpoint_saved', frame),
      node_id: node.id,
      node_label: labelOf(node),
      handler_type: node.handler,
      status: outcome.status,
    },
  };
}

function base(world: World, state: RunState, event: HookEvent, frame: Frame): HookContext {
  const cwd =
    frame.branch === undefined
      ? state.workingDirectory
      : (frame.worktreeDir ?? state.workingDirectory);
  return {
    event,
    run_id: state.runId,
    workflow_name: world.graph.name,
    ...(cwd === undefined ? {} : { cwd }),
  };
}
