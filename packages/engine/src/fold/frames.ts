/** Frames in the fold: the root, branches and child workflows are opened, ended, begun again. */
import {
  parseStageId,
  stageId as makeStageId,
  ROOT_FRAME,
  type FrameId,
  type StageId,
} from '@fabro/protocol';
import { frameOf, newCounters, type Frame, type Phase, type RunState } from '../state.js';
import { frameIdOf, ImpossibleEvent, type Folded } from './event.js';
import { count } from './stages.js';

export function openRoot(state: RunState, { properties: p }: Folded<'run.started'>): void {
  state.frames.set(ROOT_FRAME, {
    id: ROOT_FRAME,
    graph: '',
    counters: newCounters(),
    phase: { kind: 'at', node: '' },
    arrival: undefined,
    context: new Map(),
    threads: new Map(),
    outcomes: new Map(),
    lastNode: undefined,
    lastStage: undefined,
    worktreeDir: p.worktree_dir,
    headSha: p.base_sha,
  });
}

/** An ended run is submitted again: it goes on with the stage that it was in, in its root frame. */
export function reopen(state: RunState): void {
  state.reason = undefined;
  state.error = undefined;
  state.fatal = undefined;
  state.restarts = 0;
  state.branchResults.clear();
  state.gates.clear();
  state.background.clear();
  for (const id of state.frames.keys()) if (id !== ROOT_FRAME) state.frames.delete(id);
  const root = state.frames.get(ROOT_FRAME);
  if (root === undefined) return;
  root.phase = { kind: 'at', node: resumeNode(root), resumed: true };
  // Whoever resumes has looked into what failed again and again.
  root.counters.failures.clear();
  root.counters.restarts.clear();
}

function resumeNode(root: Frame): string {
  const { phase } = root;
  switch (phase.kind) {
    case 'at':
      return phase.node;
    case 'running':
    case 'waiting':
    case 'settled':
      return phase.stage.node;
    case 'ended':
      return root.lastNode ?? '';
    case 'preparing':
      return '';
  }
}

export function branchStarted(state: RunState, event: Folded<'parallel.branch.started'>): void {
  const { parent, stageId } = opener(state, event.frame_id, event.parallel_group_id);
  const p = event.properties;
  const separate = p.head_sha !== undefined;
  const id = frameIdOf(event);
  state.frames.set(id, {
    id,
    graph: parent.graph,
    counters: parent.counters,
    branch: {
      frame: parent.id,
      stageId,
      index: p.index,
      startNode: p.start_node,
      startedAtMs: Date.parse(event.ts),
    },
    phase: separate ? { kind: 'preparing' } : { kind: 'at', node: p.start_node },
    arrival: {
      from: nodeOf(stageId),
      ...(p.edge_index === undefined ? {} : { edge: p.edge_index }),
    },
    context: new Map(parent.context),
    threads: new Map(parent.threads),
    outcomes: new Map(),
    lastNode: parent.lastNode,
    lastStage: undefined,
    worktreeDir: separate ? undefined : parent.worktreeDir,
    headSha: p.head_sha,
  });
}

export function branchCompleted(state: RunState, event: Folded<'parallel.branch.completed'>): void {
  const frame = frameOf(state, frameIdOf(event));
  if (frame.branch === undefined) throw new ImpossibleEvent(`frame ${frame.id} is no branch`);
  const p = event.properties;
  const results = state.branchResults.get(frame.branch.stageId) ?? [];
  if (results.some((result) => result.index === p.index))
    throw new ImpossibleEvent(`branch ${frame.id} ends, and has ended already`);
  frame.phase = { kind: 'ended', status: p.status, closed: true };
  results.push({
    id: p.id,
    index: p.index,
    status: p.status,
    ...(p.head_sha === undefined ? {} : { headSha: p.head_sha }),
  });
  state.branchResults.set(frame.branch.stageId, results);
}

/** With the branches go the frames inside those that were given up, and their results. */
export function parallelCompleted(state: RunState, event: Folded<'parallel.completed'>): void {
  const parent = frameOf(state, frameIdOf(event));
  const inner = `${parent.id}/${event.stage_id ?? ''}:`;
  for (const [id, frame] of state.frames) {
    if (!id.startsWith(inner)) continue;
    // Goal gates are checked however the run ends, so a gate inside a branch counts for the frame above.
    if (frame.branch?.frame === parent.id && !isSkipped(frame))
      for (const [node, outcome] of frame.outcomes) parent.outcomes.set(node, outcome);
    if (frame.branch !== undefined) state.branchResults.delete(frame.branch.stageId);
    state.frames.delete(id);
  }
}

function isSkipped({ phase }: Frame): boolean {
  return phase.kind === 'ended' && phase.status === 'skipped';
}

export function childStarted(state: RunState, event: Folded<'subgraph.started'>): void {
  const { parent, stageId } = opener(state, event.frame_id, event.stage_id);
  const p = event.properties;
  const id = frameIdOf(event);
  state.frames.set(id, {
    id,
    graph: p.graph,
    counters: newCounters(),
    child: { frame: parent.id, stageId, startedAtMs: Date.parse(event.ts) },
    phase: { kind: 'at', node: p.start_node },
    arrival: undefined,
    context: new Map(parent.context),
    threads: new Map(parent.threads),
    outcomes: new Map(),
    lastNode: undefined,
    lastStage: undefined,
    worktreeDir: parent.worktreeDir,
    headSha: parent.headSha,
  });
}

export function childCompleted(state: RunState, event: Folded<'subgraph.completed'>): void {
  const frame = frameOf(state, frameIdOf(event));
  if (frame.child === undefined)
    throw new ImpossibleEvent(`frame ${frame.id} is no child workflow`);
  const { status, failure } = event.properties;
  frame.phase = {
    kind: 'ended',
    status,
    closed: true,
    ...(failure === undefined ? {} : { failure }),
  };
  // Child and parent work in one worktree.
  frameOf(state, frame.child.frame).headSha = frame.headSha;
}

/** The walk begins again: what it knew is gone, what counts against limits is not (engine reference §4.5). */
export function loopRestarted(state: RunState, event: Folded<'loop.restart'>): void {
  const frame = frameOf(state, frameIdOf(event));
  const { to_node: to, from_node: from, failure_signature: signature } = event.properties;
  if (signature !== undefined) count(frame.counters.restarts, signature);
  frame.context.clear();
  frame.threads.clear();
  frame.outcomes.clear();
  frame.lastNode = undefined;
  frame.lastStage = undefined;
  frame.arrival = { from };
  frame.phase = { kind: 'at', node: to };
  if (frame.id === ROOT_FRAME) state.completed = 0;
}

/** How a settled stage without a way on ends its frame's path. */
export function pathEnd(phase: Extract<Phase, { kind: 'settled' }>): Phase {
  const { status, failure } = phase.outcome;
  return { kind: 'ended', status, closed: false, ...(failure === undefined ? {} : { failure }) };
}

function opener(
  state: RunState,
  frame: string | undefined,
  stage: string | undefined,
): { readonly parent: Frame; readonly stageId: StageId } {
  const of = parseStageId(stage ?? '');
  const slash = frame?.lastIndexOf('/') ?? -1;
  if (of === undefined || frame === undefined || slash < 0)
    throw new ImpossibleEvent(`frame ${frame ?? '?'} was opened by no stage`);
  return {
    parent: frameOf(state, frame.slice(0, slash) as FrameId),
    stageId: makeStageId(of.node, of.visit),
  };
}

function nodeOf(stage: StageId): string {
  return stage.slice(0, stage.lastIndexOf('@'));
}
