/** A parallel stage among the run's frames: its branches begin, are given up, and are joined. */
import type { EventDraft, FrameId } from '@fabro/protocol';
import type { StageInput } from '../handler.js';
import { joinOf } from '../join.js';
import { branchCompleted, parallelCompleted, stepParallel } from '../parallel.js';
import { cancelledStage, settleAttempt } from '../settle.js';
import type { BranchResult, Frame, RunState } from '../state.js';
import { branchName } from './branch.js';
import { NOTHING, type DecideFacts, type Step, type World } from './decision.js';
import { stageInput } from './stage-input.js';
import { within } from './within.js';
import { withdrawn } from './withdrawn.js';

export function workParallel(world: World, input: StageInput, facts: DecideFacts): Step {
  const step = stepParallel(
    input,
    world.git && input.frame.worktreeDir !== undefined && input.frame.headSha !== undefined,
  );
  switch (step.kind) {
    case 'events':
      return { ...NOTHING, events: step.events };
    case 'wait':
      return NOTHING;
    case 'cancel': {
      const settled = step.frames.filter((f) => !involved(f.id, facts.inFlight));
      const events = settled.flatMap((f) => abandon(world, input.state, f, facts));
      if (events.length > 0) return { ...NOTHING, events };
      return {
        ...NOTHING,
        cancel: [...facts.inFlight].filter((id) => step.frames.some((f) => within(id, f.id))),
        givenUp: step.frames.map((f) => f.id),
      };
    }
    case 'joined': {
      const events = [
        parallelCompleted(input, step.results, facts.nowMs),
        ...settleAttempt(input, { outcome: step.outcome, retryable: false }, facts),
      ];
      const branches = [...input.state.frames.values()].filter(
        (f) =>
          // Frames inside a branch that was given up still have their worktrees.
          f.id.startsWith(`${input.frame.id}/${input.stage.stageId}:`) &&
          f.worktreeDir !== undefined &&
          f.worktreeDir !== input.frame.worktreeDir,
      );
      if (branches.length === 0) return { ...NOTHING, events };
      const takeOver = takenOver(world, input, step.results);
      return {
        ...NOTHING,
        acts: [
          {
            kind: 'join',
            frame: input.frame.id,
            branches: branches.map((f) => f.id),
            events,
            ...(takeOver === undefined ? {} : { takeOver }),
          },
        ],
      };
    }
  }
}

/** Without a fan-in the parent takes the work of the lexically first branch that succeeded. */
function takenOver(
  world: World,
  input: StageInput,
  results: readonly BranchResult[],
): string | undefined {
  const join = joinOf(world.graph, input.node.id);
  if (join !== undefined && world.graph.nodes.get(join)?.handler === 'parallel.fan_in')
    return undefined;
  return results
    .filter((r) => r.status === 'succeeded')
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))[0]?.headSha;
}

/** Ends a branch whose result is no longer needed, and everything inside it, the innermost first. */
function abandon(
  world: World,
  state: RunState,
  branch: Frame,
  facts: DecideFacts,
): readonly EventDraft[] {
  return [...state.frames.values()]
    .filter((frame) => within(frame.id, branch.id) && frame.phase.kind !== 'ended')
    .toReversed()
    .flatMap((frame) => [
      ...abandonStage(world, state, frame, facts),
      branchCompleted(state, frame, branchName(world, frame), 'skipped', facts.nowMs),
    ]);
}

/** The running stage of a frame that is given up, with the question that it waits for. */
function abandonStage(
  world: World,
  state: RunState,
  frame: Frame,
  facts: DecideFacts,
): readonly EventDraft[] {
  if (frame.phase.kind !== 'running') return [];
  const { stage } = frame.phase;
  const reason = 'another branch has succeeded';
  return [
    ...[...state.questions.values()]
      .filter((question) => question.stageId === stage.stageId)
      .flatMap((question) => withdrawn(question, reason)),
    cancelledStage(stageInput(world, state, frame, stage), `cancelled: ${reason}`, facts.nowMs),
  ];
}

/** True when an act of the frame, or of one inside it, has not settled. */
function involved(id: FrameId, inFlight: ReadonlySet<FrameId>): boolean {
  return [...inFlight].some((other) => within(other, id));
}
