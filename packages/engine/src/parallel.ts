/** The events of a parallel stage and its branches, and what the branches come to (engine reference §3.2). */
import {
  branchFrame,
  type EventDraft,
  type JsonValue,
  type Outcome,
  type StageStatus,
} from '@fabro/protocol';
import { attr, outgoing } from '@fabro/workflow';
import type { StageInput } from './handler.js';
import { joinOf } from './join.js';
import { DEFAULT_MAX_PARALLEL } from './limits.js';
import { stageScope } from './scope.js';
import { hasEnded, type BranchResult, type Frame, type RunState } from './state.js';

type JoinPolicy = 'wait_all' | 'first_success';

function joinPolicy(input: StageInput): JoinPolicy {
  return attr.string(input.node, 'join_policy') === 'first_success' ? 'first_success' : 'wait_all';
}

/** The events that begin as many branches as `max_parallel` lets run; none when no more can begin. */
export function startBranches(
  input: StageInput,
  frames: readonly Frame[],
  separateWorktrees: boolean,
): readonly EventDraft[] {
  const { stage, node, graph, frame } = input;
  const edges = outgoing(graph, node.id);
  const max = Math.max(1, attr.integer(node, 'max_parallel') ?? DEFAULT_MAX_PARALLEL);
  const running = frames.filter((f) => !hasEnded(f)).length;
  const free = Math.min(max - running, edges.length - frames.length);
  const scope = stageScope(frame, stage, node);
  const events: EventDraft[] = [];
  if (frames.length === 0)
    events.push({
      ...scope,
      event: 'parallel.started',
      properties: {
        visit: stage.visit,
        branch_count: edges.length,
        join_policy: joinPolicy(input),
      },
    });
  for (let i = 0; i < free; i++) {
    const index = frames.length + i;
    const edge = edges[index];
    if (edge === undefined) break;
    events.push({
      ...scope,
      frame_id: branchFrame(frame.id, stage.stageId, index),
      parallel_group_id: stage.stageId,
      parallel_branch_id: `${stage.stageId}:${index}`,
      event: 'parallel.branch.started',
      properties: {
        index,
        start_node: edge.to,
        edge_index: edge.index,
        ...(separateWorktrees && frame.headSha !== undefined ? { head_sha: frame.headSha } : {}),
      },
    });
  }
  return free > 0 ? events : [];
}

/** What the branches come to together. `responses`: what models said last in them, by index. */
export function joinOutcome(
  input: StageInput,
  results: readonly BranchResult[],
  responses: ReadonlyMap<number, string>,
): Outcome {
  const { graph, node } = input;
  const total = outgoing(graph, node.id).length;
  if (total === 0)
    return {
      status: 'failed',
      failure: { message: 'No branches for parallel node', failure_class: 'deterministic' },
    };
  const good = results.filter(
    (r) => r.status === 'succeeded' || r.status === 'partially_succeeded',
  ).length;
  const clean = results.filter((r) => r.status === 'succeeded').length;
  const context_updates: Record<string, JsonValue> = {
    'parallel.results': results
      .toSorted((a, b) => a.index - b.index)
      .map((r) => ({
        id: r.id,
        status: r.status,
        ...(r.headSha === undefined ? {} : { head_sha: r.headSha }),
      })),
    // Apart from the results: conditions look for words such as "failed" in those.
    ...(responses.size === 0
      ? {}
      : {
          'parallel.responses': Object.fromEntries(
            results.flatMap(({ id, index }) => {
              const response = responses.get(index);
              return response === undefined ? [] : [[id, response]];
            }),
          ),
        }),
    'parallel.branch_count': total,
  };
  const notes = `Parallel node dispatched ${total} branches (${good} succeeded, ${results.length - good} failed)`;
  const jump = joinOf(graph, node.id);
  if (joinPolicy(input) === 'first_success' && clean === 0)
    return {
      status: 'failed',
      notes,
      context_updates,
      failure: {
        message: `Join policy not satisfied: ${clean}/${total} succeeded`,
        failure_class: 'deterministic',
      },
    };
  const status: StageStatus =
    joinPolicy(input) === 'first_success' || clean === total ? 'succeeded' : 'partially_succeeded';
  return { status, notes, context_updates, ...(jump === undefined ? {} : { jump_to_node: jump }) };
}

/** The events that close a parallel stage's branches; the stage's own outcome follows them. */
export function parallelCompleted(
  input: StageInput,
  results: readonly BranchResult[],
  nowMs: number,
): EventDraft {
  const count = (...statuses: readonly StageStatus[]): number =>
    results.filter((r) => statuses.includes(r.status)).length;
  return {
    ...stageScope(input.frame, input.stage, input.node),
    event: 'parallel.completed',
    properties: {
      visit: input.stage.visit,
      duration_ms: Math.max(0, nowMs - input.stage.startedAtMs),
      success_count: count('succeeded', 'partially_succeeded'),
      failure_count: count('failed'),
    },
  };
}

/** The end of a branch's path. */
export function branchCompleted(
  state: RunState,
  frame: Frame,
  label: string,
  status: StageStatus,
  nowMs: number,
): EventDraft {
  const { branch } = frame;
  if (branch === undefined) throw new Error(`frame ${frame.id} of run ${state.runId} is no branch`);
  return {
    frame_id: frame.id,
    parallel_group_id: branch.stageId,
    parallel_branch_id: `${branch.stageId}:${branch.index}`,
    node_id: branch.startNode,
    node_label: label,
    event: 'parallel.branch.completed',
    properties: {
      index: branch.index,
      id: branch.startNode,
      duration_ms: Math.max(0, nowMs - branch.startedAtMs),
      status,
      ...(frame.headSha !== undefined && frame.worktreeDir !== undefined
        ? { head_sha: frame.headSha }
        : {}),
    },
  };
}
