/** What a running stage does: it is decided, its branches are walked, or its handler acts. */
import type { EventDraft } from '@fabro/protocol';
import { attr, type GraphNode } from '@fabro/workflow';
import type { StageInput } from '../handler.js';
import { stageScope } from '../scope.js';
import { settleAttempt } from '../settle.js';
import type { Frame, OpenStage, RunState } from '../state.js';
import { NOTHING, type DecideFacts, type Decision, type Step, type World } from './decision.js';
import { stageInput } from './stage-input.js';
import { workFramed } from './work-framed.js';

export function work(
  world: World,
  state: RunState,
  frame: Frame,
  stage: OpenStage,
  facts: DecideFacts,
): Step {
  const input = stageInput(world, state, frame, stage);
  const handler = world.handlerOf(input.node);
  switch (handler.kind) {
    case 'decided':
      return {
        ...NOTHING,
        events: settleAttempt(input, { outcome: handler.decide(input), retryable: false }, facts),
      };
    case 'framed': {
      const simulated = world.settings.dryRun ? handler.simulate?.(input) : undefined;
      if (simulated === undefined) return workFramed(world, handler, input, facts);
      return {
        ...NOTHING,
        events: settleAttempt(input, { outcome: simulated, retryable: false }, facts),
      };
    }
    case 'acted':
      if (world.settings.dryRun)
        return {
          ...NOTHING,
          events: settleAttempt(
            input,
            { outcome: handler.simulate(input), retryable: false },
            facts,
          ),
        };
      if (stage.epoch < state.epoch && handler.onInterrupt === 'repeat')
        return interrupted(world, input, facts);
      return { ...NOTHING, acts: [{ kind: 'attempt', frame: frame.id }] };
  }
}

/** The server died inside an attempt that cannot go on: repeat it as a new attempt, or fail it. */
function interrupted(world: World, input: StageInput, facts: DecideFacts): Decision {
  const { stage, node, frame, state } = input;
  if (attr.string(node, 'on_interrupt') === 'fail') {
    const failure = {
      message: `attempt ${stage.attempt} was interrupted by a restart of the server and on_interrupt="fail"`,
      failure_class: 'transient_infra' as const,
    };
    return {
      ...NOTHING,
      events: settleAttempt(
        input,
        { outcome: { status: 'failed', failure }, retryable: false },
        facts,
      ),
    };
  }
  if (world.git && frame.headSha !== undefined)
    return { ...NOTHING, acts: [{ kind: 'reset', frame: frame.id }] };
  const events: EventDraft[] = [stageInterrupted(frame, stage, node)];
  if (state.inPlace)
    events.push({
      event: 'run.notice',
      properties: {
        level: 'warn',
        code: 'in_place_not_reset',
        message: `stage ${stage.stageId} repeats after a restart in ${state.workingDirectory ?? state.sourceDirectory ?? 'its folder'} as the interrupted attempt left it: a run in place is never reset`,
      },
    });
  return { ...NOTHING, events };
}

/** The event that turns an interrupted attempt into the wait for the next. */
export function stageInterrupted(frame: Frame, stage: OpenStage, node: GraphNode): EventDraft {
  return {
    ...stageScope(frame, stage, node),
    event: 'stage.interrupted',
    properties: { index: stage.index, attempt: stage.attempt },
  };
}
