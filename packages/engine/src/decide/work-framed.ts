/** A stage that opens frames: what is inside begins, is given up, and comes together in an outcome. */
import type { EventDraft, FrameId, Outcome } from '@fabro/protocol';
import { attr } from '@fabro/workflow';
import type { AttemptResult, FramedHandler, FramedStep, StageInput } from '../handler.js';
import { contextValue } from '../context-view.js';
import { parallelCompleted } from '../parallel.js';
import { cancelledStage, settleAttempt } from '../settle.js';
import { hasEnded, type Frame, type RunState } from '../state.js';
import { endFrame } from './branch.js';
import {
  NOTHING,
  type DecideFacts,
  type Decision,
  type Slot,
  type Step,
  type World,
} from './decision.js';
import { hasHooks, passGate } from './gate.js';
import { stagePoint } from './hook-points.js';
import { limitFailure } from './limits.js';
import { stageInput } from './stage-input.js';
import { within } from './within.js';
import { withdrawn } from './withdrawn.js';

export function workFramed(
  world: World,
  handler: FramedHandler,
  input: StageInput,
  facts: DecideFacts,
): Step {
  const late = timedOut(input, facts);
  const step: FramedStep = late ?? handler.step(input, framedFacts(world, input, facts));
  const hooks = hooksAround(world, input, step);
  if (hooks !== undefined) return hooks;
  switch (step.kind) {
    case 'events':
      return { ...NOTHING, events: step.events };
    case 'wait':
      return waiting(input, step.dueAtMs, facts);
    case 'give_up': {
      const frames = step.frames.filter((f) => !hasEnded(f));
      const busy = [...facts.inFlight].filter((slot) => frames.some((f) => within(slot, f.id)));
      const free = frames.filter((f) => !busy.some((slot) => within(slot, f.id)));
      const wait: Step = { ...NOTHING, cancel: busy, givenUp: frames.map((f) => f.id) };
      // What decides the stage is recorded when all of them are gone.
      if (step.result !== undefined && busy.length > 0) return wait;
      const events = free.flatMap((f) => abandon(world, input.state, f, step.reason, facts));
      if (step.result !== undefined)
        return close(input, [...events, ...closing(input, facts)], step.result, facts);
      return events.length > 0 ? { ...NOTHING, events } : wait;
    }
    case 'joined':
      return close(
        input,
        step.closing,
        { outcome: step.outcome, retryable: false },
        facts,
        step.takeOver,
      );
  }
}

/** What closes the inside of a stage that is given up. */
function closing(input: StageInput, facts: DecideFacts): readonly EventDraft[] {
  if (input.node.handler !== 'parallel') return [];
  const results = input.state.branchResults.get(input.stage.stageId) ?? [];
  return [parallelCompleted(input, results, facts.nowMs)];
}

/** Hooks before the branches of a parallel stage begin, and when all have ended. */
function hooksAround(world: World, input: StageInput, step: FramedStep): Decision | undefined {
  if (!hasHooks(world) || input.node.handler !== 'parallel') return undefined;
  const { state, frame, stage, node } = input;
  const begins = step.kind === 'events' && inner(state, input).length === 0;
  if (!begins && step.kind !== 'joined') return undefined;
  const event = begins ? 'parallel_start' : 'parallel_complete';
  const passage = passGate(
    world,
    state,
    frame,
    stagePoint(world, state, frame, stage, node, event),
  );
  return passage.open ? undefined : passage.step;
}

function framedFacts(
  world: World,
  input: StageInput,
  facts: DecideFacts,
): Parameters<FramedHandler['step']>[1] {
  return {
    nowMs: facts.nowMs,
    materialise: facts.materialise,
    context: (key) => contextValue(world, input.state, input.frame, key, facts.materialise),
    separateWorktrees:
      world.git && input.frame.worktreeDir !== undefined && input.frame.headSha !== undefined,
    child: () => {
      const key = world.children?.keyOf(input.node, input.frame.graph);
      const graph = key === undefined ? undefined : world.children?.graphs.get(key);
      return key === undefined || graph === undefined ? undefined : { key, graph };
    },
    limitFailure: (frame) => limitFailure(world, input.state, frame),
  };
}

/** The deadline of the node; what is inside has none of its own. */
function dueOf(input: StageInput): number | undefined {
  const timeoutMs = attr.durationMs(input.node, 'timeout');
  return timeoutMs === undefined ? undefined : input.stage.startedAtMs + timeoutMs;
}

function timedOut(input: StageInput, facts: DecideFacts): FramedStep | undefined {
  const dueAtMs = dueOf(input);
  if (dueAtMs === undefined || facts.nowMs < dueAtMs) return undefined;
  const message = `handler timed out after ${dueAtMs - input.stage.startedAtMs}ms`;
  const outcome: Outcome = {
    status: 'failed',
    failure: { message, failure_class: 'transient_infra', system_actor: 'timeout' },
  };
  return {
    kind: 'give_up',
    reason: message,
    frames: inner(input.state, input),
    result: { outcome, retryable: true, broke: true },
  };
}

/** The frames that the stage itself has opened. */
function inner(state: RunState, input: StageInput): readonly Frame[] {
  return [...state.frames.values()].filter((f) => {
    const origin = f.branch ?? f.child;
    return origin?.frame === input.frame.id && origin.stageId === input.stage.stageId;
  });
}

/** The slot in which a framed stage waits for a time, while the frames inside it go on. */
function waiting(input: StageInput, wish: number | undefined, facts: DecideFacts): Step {
  const dueAtMs = Math.min(
    wish ?? Number.POSITIVE_INFINITY,
    dueOf(input) ?? Number.POSITIVE_INFINITY,
  );
  if (dueAtMs === Number.POSITIVE_INFINITY) return NOTHING;
  const slot: Slot = `${input.frame.id}#${input.stage.stageId}/${dueAtMs}`;
  if (facts.inFlight.has(slot)) return { ...NOTHING, keeps: [slot] };
  return {
    ...NOTHING,
    keeps: [slot],
    acts: [{ kind: 'wait', frame: input.frame.id, slot, dueAtMs }],
  };
}

/** Ends the stage; the worktrees inside it go first. */
function close(
  input: StageInput,
  closing: readonly EventDraft[],
  result: AttemptResult,
  facts: DecideFacts,
  takeOver?: string,
): Step {
  const events = [...closing, ...settleAttempt(input, result, facts)];
  const worktrees = [...input.state.frames.values()].filter(
    (f) =>
      // Frames inside a branch that was given up still have their worktrees.
      f.id.startsWith(`${input.frame.id}/${input.stage.stageId}:`) &&
      f.branch !== undefined &&
      f.worktreeDir !== undefined &&
      f.worktreeDir !== input.frame.worktreeDir,
  );
  if (worktrees.length === 0) return { ...NOTHING, events };
  return {
    ...NOTHING,
    givenUp: [input.frame.id],
    acts: [
      {
        kind: 'join',
        frame: input.frame.id,
        branches: worktrees.map((f): FrameId => f.id),
        events,
        ...(takeOver === undefined ? {} : { takeOver }),
      },
    ],
  };
}

/** Ends a frame whose result is no longer needed, and everything inside it, the innermost first. */
function abandon(
  world: World,
  state: RunState,
  outer: Frame,
  reason: string,
  facts: DecideFacts,
): Step['events'] {
  return [...state.frames.values()]
    .filter((frame) => within(frame.id, outer.id) && !hasEnded(frame))
    .toReversed()
    .flatMap((frame) => [
      ...abandonStage(world, state, frame, reason, facts),
      endFrame(world, state, frame, { status: 'skipped' }, facts),
    ]);
}

/** The running stage of a frame that is given up, with the question that it waits for. */
function abandonStage(
  world: World,
  state: RunState,
  frame: Frame,
  reason: string,
  facts: DecideFacts,
): Step['events'] {
  if (frame.phase.kind !== 'running') return [];
  const { stage } = frame.phase;
  return [
    ...[...state.questions.values()]
      .filter((question) => question.stageId === stage.stageId)
      .flatMap((question) => withdrawn(question, reason)),
    cancelledStage(stageInput(world, state, frame, stage), `cancelled: ${reason}`, facts.nowMs),
  ];
}
