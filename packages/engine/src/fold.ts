/**
 * `fold(state, event)`: the one place where a state changes. Unknown events are ignored; a known event that
 * cannot be (a stage ends that never started) throws, and the caller sets the stream aside.
 */
import {
  addUsage,
  parseStageId,
  stageId as makeStageId,
  ROOT_FRAME,
  isTerminal,
  type EventDraft,
  type EventType,
  type Failure,
  type FrameId,
  type JsonValue,
  type Outcome,
} from '@fabro/protocol';
import {
  frameOf,
  type Frame,
  type OpenStage,
  type Phase,
  type RecordedOutcome,
  type RunState,
} from './state.js';

/** What the fold reads of an event: a draft with its time; `seq` once it is committed. */
export type FoldedEvent = EventDraft & { readonly ts: string; readonly seq?: number };

/** An event that contradicts the ones before it. */
export class ImpossibleEvent extends Error {
  override readonly name = 'ImpossibleEvent';
}

/** Folds one event into the state. Throws ImpossibleEvent. */
export function fold(state: RunState, event: FoldedEvent): void {
  if (event.seq !== undefined) state.seq = event.seq;
  switch (event.event) {
    case 'run.created': {
      const p = event.properties;
      state.createdAtMs = Date.parse(event.ts);
      state.name = p.workflow_name ?? '';
      state.goal = p.goal;
      state.labels = p.labels;
      state.manifestBlob = p.manifest_blob;
      state.inPlace = p.in_place;
      state.local = p.local ?? false;
      state.sourceDirectory = p.source_directory;
      return;
    }
    case 'run.submitted':
      if (isTerminal(state.status)) reopen(state);
      state.status = 'submitted';
      return;
    case 'run.queued':
      state.status = 'queued';
      return;
    case 'run.starting':
      state.status = 'starting';
      return;
    case 'run.started': {
      const p = event.properties;
      state.startedAtMs = Date.parse(event.ts);
      if (p.base_sha !== undefined && p.run_branch !== undefined)
        state.git = {
          baseSha: p.base_sha,
          runBranch: p.run_branch,
          ...(p.base_branch === undefined ? {} : { baseBranch: p.base_branch }),
        };
      openRoot(state, p.base_sha, p.worktree_dir);
      return;
    }
    case 'sandbox.initialized':
      state.workingDirectory = event.properties.working_directory;
      return;
    case 'run.running':
      state.status = 'running';
      return;
    case 'run.resumed':
      state.epoch = event.properties.epoch;
      if (!state.suspended) state.restarts++;
      state.suspended = false;
      return;
    case 'run.suspended':
      state.suspended = true;
      return;
    case 'run.paused':
      state.status = 'paused';
      if (state.pendingControl === 'pause') state.pendingControl = undefined;
      return;
    case 'run.unpaused':
      state.status = 'running';
      if (state.pendingControl === 'unpause') state.pendingControl = undefined;
      return;
    case 'run.blocked':
      state.blocked = true;
      return;
    case 'run.unblocked':
      state.blocked = false;
      return;
    case 'run.cancel.requested':
      state.pendingControl = 'cancel';
      return;
    case 'run.pause.requested':
      if (state.pendingControl !== 'cancel') state.pendingControl = 'pause';
      return;
    case 'run.unpause.requested':
      if (state.pendingControl !== 'cancel') state.pendingControl = 'unpause';
      return;
    case 'run.completed':
      state.status = 'completed';
      state.reason = event.properties.reason;
      state.finalSha = event.properties.final_git_commit_sha;
      return end(state);
    case 'run.failed':
      state.status = event.properties.reason === 'cancelled' ? 'cancelled' : 'failed';
      state.reason = event.properties.reason;
      state.error = event.properties.error;
      state.finalSha = event.properties.git_commit_sha;
      return end(state);
    case 'stage.started':
      return stageStarted(state, event);
    case 'stage.interrupted': {
      const { frame, stage } = running(state, event);
      const next: OpenStage = { ...stage, interruptions: stage.interruptions + 1 };
      frame.phase = { kind: 'waiting', stage: next, dueAtMs: 0 };
      return;
    }
    case 'stage.retrying': {
      const { frame, stage } = running(state, event);
      frame.phase = { kind: 'waiting', stage, dueAtMs: event.properties.due_at };
      return;
    }
    case 'stage.failed': {
      const { frame, stage } = running(state, event);
      state.usage = addUsage(state.usage, event.properties.usage);
      if (event.properties.will_retry) return;
      merge(frame, event.properties.context_updates);
      return settle(
        state,
        frame,
        stage,
        recordedOutcome({ ...event.properties, status: 'failed' }),
      );
    }
    case 'stage.completed': {
      const { frame, stage } = running(state, event);
      state.usage = addUsage(state.usage, event.properties.usage);
      merge(frame, event.properties.context_updates);
      return settle(state, frame, stage, recordedOutcome(event.properties));
    }
    case 'git.commit': {
      const frame = frameOf(state, frameIdOf(event));
      frame.headSha = event.properties.sha;
      if (frame.phase.kind === 'settled') frame.phase = { ...frame.phase, committed: true };
      return;
    }
    case 'git.reset': {
      const frame = frameOf(state, frameIdOf(event));
      frame.headSha = event.properties.sha;
      return;
    }
    case 'edge.selected': {
      const frame = frameOf(state, frameIdOf(event));
      const { kind } = frame.phase;
      if (kind === 'running' || kind === 'waiting' || kind === 'preparing')
        throw new ImpossibleEvent(
          `edge to ${event.properties.to_node} in frame ${frame.id}, which is ${describe(frame.phase)}`,
        );
      frame.phase = { kind: 'at', node: event.properties.to_node };
      return;
    }
    case 'checkpoint.completed': {
      state.completed++;
      state.restarts = 0;
      const frame = frameOf(state, frameIdOf(event));
      if (frame.phase.kind !== 'settled') return;
      const { next_node_id: next } = event.properties;
      frame.phase = next === undefined ? pathEnd(frame.phase.outcome) : { kind: 'at', node: next };
      return;
    }
    case 'checkpoint.failed':
      state.fatal = { reason: 'workflow_error', message: event.properties.error };
      return;
    case 'parallel.branch.started':
      return branchStarted(state, event);
    case 'git.worktree.added': {
      const frame = state.frames.get(frameIdOf(event));
      if (frame?.phase.kind !== 'preparing' || frame.branch === undefined) return;
      frame.worktreeDir = event.properties.path;
      frame.phase = { kind: 'at', node: frame.branch.startNode };
      return;
    }
    case 'parallel.branch.completed':
      return branchCompleted(state, event);
    case 'parallel.completed': {
      const parent = frameOf(state, frameIdOf(event));
      // With the branches go the frames inside those that were given up, and their results.
      for (const [id, frame] of state.frames)
        if (frame.branch !== undefined && id.startsWith(`${parent.id}/${event.stage_id ?? ''}:`)) {
          state.branchResults.delete(frame.branch.stageId);
          state.frames.delete(id);
        }
      return;
    }
    case 'interview.started': {
      const stage = event.stage_id === undefined ? undefined : parseStageId(event.stage_id);
      if (stage === undefined)
        throw new ImpossibleEvent(`question ${event.properties.question_id} belongs to no stage`);
      state.questions.set(event.properties.question_id, {
        id: event.properties.question_id,
        stageId: makeStageId(stage.node, stage.visit),
        frame: frameIdOf(event),
        properties: event.properties,
      });
      return;
    }
    case 'interview.completed': {
      const question = state.questions.get(event.properties.question_id);
      if (question !== undefined) question.answer = event.properties.answer;
      return;
    }
    case 'interview.timeout':
    case 'interview.interrupted':
      state.questions.delete(event.properties.question_id);
      return;
    default:
      return;
  }
}

function pathEnd(outcome: RecordedOutcome): Phase {
  return {
    kind: 'ended',
    status: outcome.status,
    ...(outcome.failure === undefined ? {} : { failure: outcome.failure }),
  };
}

function openRoot(
  state: RunState,
  headSha: string | undefined,
  worktreeDir: string | undefined,
): void {
  state.frames.set(ROOT_FRAME, {
    id: ROOT_FRAME,
    phase: { kind: 'at', node: '' },
    context: new Map(),
    outcomes: new Map(),
    lastNode: undefined,
    worktreeDir,
    headSha,
  });
}

/** An ended run is submitted again: it goes on with the stage that it was in, in its root frame. */
function reopen(state: RunState): void {
  state.reason = undefined;
  state.error = undefined;
  state.fatal = undefined;
  state.restarts = 0;
  // It was let go by ending: taking it up again is no crash.
  state.suspended = true;
  state.branchResults.clear();
  for (const id of state.frames.keys()) if (id !== ROOT_FRAME) state.frames.delete(id);
  const root = state.frames.get(ROOT_FRAME);
  if (root !== undefined) root.phase = { kind: 'at', node: resumeNode(root) };
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

function end(state: RunState): void {
  state.pendingControl = undefined;
  state.blocked = false;
  state.questions.clear();
}

/** The frame of an event; events of releases and stages without one belong to the root. */
function frameIdOf(event: { readonly frame_id?: string | undefined }): FrameId {
  return (event.frame_id ?? ROOT_FRAME) as FrameId;
}

function running(state: RunState, event: FoldedEvent): { frame: Frame; stage: OpenStage } {
  const frame = frameOf(state, frameIdOf(event));
  if (frame.phase.kind !== 'running' || frame.phase.stage.stageId !== event.stage_id)
    throw new ImpossibleEvent(
      `${event.event} of ${event.stage_id ?? '?'} in frame ${frame.id}, which is ${describe(frame.phase)}`,
    );
  return { frame, stage: frame.phase.stage };
}

function describe(phase: Phase): string {
  switch (phase.kind) {
    case 'at':
      return `at ${phase.node}`;
    case 'running':
    case 'waiting':
    case 'settled':
      return `${phase.kind} in ${phase.stage.stageId}`;
    case 'preparing':
    case 'ended':
      return phase.kind;
  }
}

function stageStarted(
  state: RunState,
  event: Extract<FoldedEvent, { event: 'stage.started' }>,
): void {
  const frame = frameOf(state, frameIdOf(event));
  const id = parseStageId(event.stage_id ?? '');
  if (id === undefined)
    throw new ImpossibleEvent(`stage.started without a stage id in frame ${frame.id}`);
  const before = frame.phase.kind === 'waiting' ? frame.phase.stage : undefined;
  if (frame.phase.kind !== 'at' && before?.stageId !== event.stage_id)
    throw new ImpossibleEvent(
      `stage ${event.stage_id ?? '?'} starts in frame ${frame.id}, which is ${describe(frame.phase)}`,
    );
  state.visits.set(id.node, Math.max(id.visit, state.visits.get(id.node) ?? 0));
  const p = event.properties;
  frame.phase = {
    kind: 'running',
    stage: {
      node: id.node,
      visit: id.visit,
      stageId: makeStageId(id.node, id.visit),
      handlerType: p.handler_type,
      attempt: p.attempt,
      maxAttempts: p.max_attempts,
      interruptions: before?.interruptions ?? 0,
      index: p.index,
      startedAtMs: Date.parse(event.ts),
      epoch: state.epoch,
      openedSeq: event.seq ?? 0,
    },
  };
}

function merge(frame: Frame, updates: Readonly<Record<string, JsonValue>> | undefined): void {
  if (updates === undefined) return;
  for (const [key, value] of Object.entries(updates)) frame.context.set(key, value);
}

function recordedOutcome(outcome: Outcome): RecordedOutcome {
  return {
    status: outcome.status,
    ...(outcome.preferred_label === undefined ? {} : { preferredLabel: outcome.preferred_label }),
    ...(outcome.suggested_next_ids === undefined
      ? {}
      : { suggestedNextIds: outcome.suggested_next_ids }),
    ...(outcome.jump_to_node === undefined ? {} : { jumpToNode: outcome.jump_to_node }),
    ...(outcome.failure === undefined ? {} : { failure: outcome.failure }),
  };
}

/** Records an outcome and sets the context keys of engine reference §5.1. */
function settle(state: RunState, frame: Frame, stage: OpenStage, outcome: RecordedOutcome): void {
  frame.outcomes.set(stage.node, outcome);
  frame.lastNode = stage.node;
  frame.context.set('current_node', stage.node);
  frame.context.set('outcome', outcome.status);
  frame.context.set('failure_class', failureText(outcome.failure, 'failure_class'));
  frame.context.set('failure_signature', failureText(outcome.failure, 'failure_signature'));
  if (outcome.preferredLabel !== undefined)
    frame.context.set('preferred_label', outcome.preferredLabel);
  for (const [id, question] of state.questions)
    if (question.stageId === stage.stageId) state.questions.delete(id);
  frame.phase = { kind: 'settled', stage, outcome, committed: false };
}

function failureText(
  failure: Failure | undefined,
  key: 'failure_class' | 'failure_signature',
): string {
  return failure?.[key] ?? '';
}

function branchStarted(
  state: RunState,
  event: Extract<FoldedEvent, { event: EventType & 'parallel.branch.started' }>,
): void {
  const group = parseStageId(event.parallel_group_id ?? '');
  const id = frameIdOf(event);
  const slash = id.lastIndexOf('/');
  if (group === undefined || slash < 0)
    throw new ImpossibleEvent(`branch ${id} belongs to no parallel stage`);
  const parent = frameOf(state, id.slice(0, slash) as FrameId);
  const p = event.properties;
  const separate = p.head_sha !== undefined;
  state.frames.set(id, {
    id,
    branch: {
      frame: parent.id,
      stageId: makeStageId(group.node, group.visit),
      index: p.index,
      startNode: p.start_node,
      startedAtMs: Date.parse(event.ts),
    },
    phase: separate ? { kind: 'preparing' } : { kind: 'at', node: p.start_node },
    context: new Map(parent.context),
    outcomes: new Map(),
    lastNode: parent.lastNode,
    worktreeDir: separate ? undefined : parent.worktreeDir,
    headSha: p.head_sha,
  });
}

function branchCompleted(
  state: RunState,
  event: Extract<FoldedEvent, { event: EventType & 'parallel.branch.completed' }>,
): void {
  const frame = frameOf(state, frameIdOf(event));
  if (frame.branch === undefined) throw new ImpossibleEvent(`frame ${frame.id} is no branch`);
  const p = event.properties;
  const results = state.branchResults.get(frame.branch.stageId) ?? [];
  if (results.some((result) => result.index === p.index))
    throw new ImpossibleEvent(`branch ${frame.id} ends, and has ended already`);
  frame.phase = { kind: 'ended', status: p.status };
  // Goal gates are checked however the run ends, so a gate inside a branch counts for the frame above.
  const parent = frameOf(state, frame.branch.frame);
  if (p.status !== 'skipped')
    for (const [node, outcome] of frame.outcomes) parent.outcomes.set(node, outcome);
  results.push({
    id: p.id,
    index: p.index,
    status: p.status,
    ...(p.head_sha === undefined ? {} : { headSha: p.head_sha }),
  });
  state.branchResults.set(frame.branch.stageId, results);
}
