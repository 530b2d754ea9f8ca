/** Where a branch ends, and what it is called. */
import type { EventDraft, StageStatus } from '@fabro/protocol';
import { labelOf } from '@fabro/workflow';
import { joinOf } from '../join.js';
import { branchCompleted } from '../parallel.js';
import type { Frame, RunState } from '../state.js';
import type { DecideFacts, World } from './decision.js';

export function joinFor(world: World, frame: Frame): string | undefined {
  const group = frame.branch?.stageId;
  return group === undefined
    ? undefined
    : joinOf(world.graph, group.slice(0, group.lastIndexOf('@')));
}

export function branchName(world: World, frame: Frame): string {
  const node =
    frame.branch === undefined ? undefined : world.graph.nodes.get(frame.branch.startNode);
  return node === undefined ? frame.id : labelOf(node);
}

/** A branch ends with the outcome of its last stage. */
export function endBranch(
  world: World,
  state: RunState,
  frame: Frame,
  facts: DecideFacts,
): EventDraft {
  const last = frame.lastNode === undefined ? undefined : frame.outcomes.get(frame.lastNode);
  const status: StageStatus = last?.status ?? 'succeeded';
  return branchCompleted(state, frame, branchName(world, frame), status, facts.nowMs);
}
