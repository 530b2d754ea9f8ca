/** Envelope fields of events, from where they stand. */
import type { EventScope } from '@fabro/protocol';
import { ROOT_FRAME } from '@fabro/protocol';
import { labelOf, type GraphNode } from '@fabro/workflow';
import type { Frame, OpenStage } from './state.js';

/** Fields of a frame's events; none for the root. */
export function frameScope(frame: Frame): EventScope {
  if (frame.branch === undefined) return frame.id === ROOT_FRAME ? {} : { frame_id: frame.id };
  return {
    frame_id: frame.id,
    parallel_group_id: frame.branch.stageId,
    parallel_branch_id: `${frame.branch.stageId}:${frame.branch.index}`,
  };
}

/** Fields of a stage's events. */
export function stageScope(
  frame: Frame,
  stage: Pick<OpenStage, 'stageId'>,
  node: GraphNode,
): EventScope {
  return {
    node_id: node.id,
    node_label: labelOf(node),
    stage_id: stage.stageId,
    ...frameScope(frame),
  };
}
