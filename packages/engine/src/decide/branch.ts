/** Where a branch or a child workflow ends, and what it is called. */
import type { EventDraft, Failure, StageStatus } from '@fabro/protocol';
import { labelOf } from '@fabro/workflow';
import { joinOf } from '../join.js';
import { branchCompleted } from '../parallel.js';
import { frameScope } from '../scope.js';
import { frameOf, type Frame, type RunState } from '../state.js';
import type { DecideFacts, World } from './decision.js';
import { graphOf } from './stage-input.js';

export function joinFor(world: World, frame: Frame): string | undefined {
  const group = frame.branch?.stageId;
  return group === undefined
    ? undefined
    : joinOf(graphOf(world, frame), group.slice(0, group.lastIndexOf('@')));
}

function branchName(world: World, frame: Frame): string {
  const node =
    frame.branch === undefined
      ? undefined
      : graphOf(world, frame).nodes.get(frame.branch.startNode);
  return node === undefined ? frame.id : labelOf(node);
}

/** The end of a frame's path, with a status; the frame is a branch or a child workflow. */
export function endFrame(
  world: World,
  state: RunState,
  frame: Frame,
  end: { readonly status: StageStatus; readonly failure?: Failure },
  facts: DecideFacts,
): EventDraft {
  if (frame.child === undefined)
    return branchCompleted(state, frame, branchName(world, frame), end.status, facts.nowMs);
  const { child } = frame;
  const manager = child.stageId.slice(0, child.stageId.lastIndexOf('@'));
  const node = graphOf(world, frameOf(state, child.frame)).nodes.get(manager);
  return {
    ...frameScope(frame),
    stage_id: child.stageId,
    node_id: manager,
    ...(node === undefined ? {} : { node_label: labelOf(node) }),
    event: 'subgraph.completed',
    properties: {
      steps_executed: frame.counters.steps,
      status: end.status,
      duration_ms: Math.max(0, facts.nowMs - child.startedAtMs),
      ...(end.failure === undefined ? {} : { failure: end.failure }),
    },
  };
}

/** A branch ends with the outcome of its last stage. */
export function endBranch(
  world: World,
  state: RunState,
  frame: Frame,
  facts: DecideFacts,
): EventDraft {
  const last = frame.lastNode === undefined ? undefined : frame.outcomes.get(frame.lastNode);
  return endFrame(world, state, frame, { status: last?.status ?? 'succeeded' }, facts);
}
