/** Stages in the fold: they start, say what they use, and settle into an outcome. */
import {
  parseStageId,
  stageId as makeStageId,
  type Failure,
  type JsonValue,
  type Outcome,
} from '@fabro/protocol';
import {
  frameOf,
  retriesIn,
  type Counters,
  type Frame,
  type OpenStage,
  type RecordedOutcome,
  type RunState,
  type StageFacts,
} from '../state.js';
import { closeGates } from './hooks.js';
import { describe, frameIdOf, ImpossibleEvent, type Folded, type FoldedEvent } from './event.js';

/** The running stage that an event speaks of. Throws ImpossibleEvent when there is none. */
export function running(
  state: RunState,
  event: FoldedEvent,
): { readonly frame: Frame; readonly stage: OpenStage } {
  const frame = frameOf(state, frameIdOf(event));
  if (frame.phase.kind !== 'running' || frame.phase.stage.stageId !== event.stage_id)
    throw new ImpossibleEvent(
      `${event.event} of ${event.stage_id ?? '?'} in frame ${frame.id}, which is ${describe(frame.phase)}`,
    );
  return { frame, stage: frame.phase.stage };
}

export function stageStarted(state: RunState, event: Folded<'stage.started'>): void {
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
  if (before === undefined) count(frame.counters.visits, id.node);
  closeGates(state, frame);
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

/** Notes what the running stage of the event's frame used or printed; nothing when it is in no stage. */
export function learn(state: RunState, event: FoldedEvent, facts: StageFacts): void {
  const frame = state.frames.get(frameIdOf(event));
  if (frame?.phase.kind !== 'running' || frame.phase.stage.stageId !== event.stage_id) return;
  const { stage } = frame.phase;
  frame.phase = { kind: 'running', stage: { ...stage, facts: { ...stage.facts, ...facts } } };
}

/** Records an outcome and sets the context keys of engine reference §5.1. */
export function settle(state: RunState, frame: Frame, stage: OpenStage, outcome: Outcome): void {
  const recorded = recordedOutcome(stage, outcome);
  merge(frame, outcome.context_updates);
  // The latest outcome stands last: preambles quote the most recent stages.
  frame.outcomes.delete(stage.node);
  frame.outcomes.set(stage.node, recorded);
  frame.lastNode = stage.node;
  frame.lastStage = stage.stageId;
  frame.context.set('current_node', stage.node);
  frame.context.set('outcome', recorded.status);
  frame.context.set('failure_class', recorded.failure?.failure_class ?? '');
  frame.context.set('failure_signature', recorded.failure?.failure_signature ?? '');
  if (recorded.preferredLabel !== undefined)
    frame.context.set('preferred_label', recorded.preferredLabel);
  if (stage.handlerType !== 'conditional') countFailure(frame.counters, recorded.failure);
  for (const [id, question] of state.questions)
    if (question.stageId === stage.stageId) state.questions.delete(id);
  removeInner(state, frame, stage);
  frame.phase = { kind: 'settled', stage, outcome: recorded, committed: false };
}

/** Frames that the stage opened are walked no more; those of a parallel stage went with `parallel.completed`. */
export function removeInner(state: RunState, frame: Frame, stage: OpenStage): void {
  if (stage.handlerType !== 'stack.manager_loop') return;
  for (const id of state.frames.keys())
    if (id.startsWith(`${frame.id}/${stage.stageId}:`)) state.frames.delete(id);
}

/** What fails the same way again and again is no accident (engine reference §4.5). */
function countFailure(counters: Counters, failure: Failure | undefined): void {
  const signature = failure?.failure_signature;
  if (signature === undefined) return;
  if (failure?.failure_class === 'deterministic' || failure?.failure_class === 'structural')
    count(counters.failures, signature);
}

export function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function merge(frame: Frame, updates: Readonly<Record<string, JsonValue>> | undefined): void {
  if (updates === undefined) return;
  for (const [key, value] of Object.entries(updates)) frame.context.set(key, value);
}

function recordedOutcome(stage: OpenStage, outcome: Outcome): RecordedOutcome {
  const facts = factsOf(stage, outcome);
  const retries = retriesIn(stage);
  return {
    status: outcome.status,
    ...(outcome.preferred_label === undefined ? {} : { preferredLabel: outcome.preferred_label }),
    ...(outcome.suggested_next_ids === undefined
      ? {}
      : { suggestedNextIds: outcome.suggested_next_ids }),
    ...(outcome.jump_to_node === undefined ? {} : { jumpToNode: outcome.jump_to_node }),
    ...(outcome.failure === undefined ? {} : { failure: outcome.failure }),
    ...(retries === 0 ? {} : { retries }),
    ...(outcome.notes === undefined ? {} : { notes: outcome.notes }),
    ...(facts === undefined ? {} : { facts }),
  };
}

function factsOf(
  stage: OpenStage,
  { usage, files_touched: files }: Outcome,
): StageFacts | undefined {
  if (stage.facts === undefined && usage === undefined && files === undefined) return undefined;
  return {
    ...stage.facts,
    ...(usage === undefined
      ? {}
      : { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens }),
    ...(files === undefined ? {} : { filesTouched: files }),
  };
}
