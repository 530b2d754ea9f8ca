/** From what an attempt came to, to the events that record it: the pure half of every attempt's end. */
import type { EventDraft, Failure, Outcome } from '@fabro/protocol';
import { attr } from '@fabro/workflow';
import { failureSignature } from './failure.js';
import type { AttemptResult, StageInput } from './handler.js';
import { retryDelayMs, retryPolicy } from './retry-policy.js';
import { stageScope } from './scope.js';

export interface SettleFacts {
  readonly nowMs: number;
  /** From 0 up to 1. */
  random(): number;
}

/** `stage.completed`, or `stage.failed` with or without a retry. */
export function settleAttempt(
  input: StageInput,
  result: AttemptResult,
  facts: SettleFacts,
): readonly EventDraft[] {
  const own = result.events ?? [];
  const outcome = result.outcome;
  if (outcome.status === 'failed' && result.retryable) {
    const retry = retryEvents(input, outcome, facts);
    if (retry !== undefined) return [...own, ...retry];
  }
  return [...own, finalEvent(input, finalOutcome(input, result), facts.nowMs)];
}

function retryEvents(
  input: StageInput,
  outcome: Outcome,
  facts: SettleFacts,
): readonly EventDraft[] | undefined {
  const { stage, node, graph, frame } = input;
  const tries = stage.attempt - stage.interruptions;
  if (tries >= stage.maxAttempts) return undefined;
  const scope = stageScope(frame, stage, node);
  const delayMs = retryDelayMs(retryPolicy(graph, node), tries, facts.random());
  return [
    {
      ...scope,
      event: 'stage.failed',
      properties: {
        index: stage.index,
        duration_ms: Math.max(0, facts.nowMs - stage.startedAtMs),
        attempt: stage.attempt,
        max_attempts: stage.maxAttempts,
        will_retry: true,
        failure: signed(node.id, outcome.failure),
        ...(outcome.usage === undefined ? {} : { usage: outcome.usage }),
      },
    },
    {
      ...scope,
      event: 'stage.retrying',
      properties: {
        index: stage.index,
        attempt: stage.attempt,
        max_attempts: stage.maxAttempts,
        delay_ms: delayMs,
        due_at: facts.nowMs + delayMs,
      },
    },
  ];
}

/** The end of a stage that was called off: no outcome of its handler, so `auto_status` has no say. */
export function cancelledStage(input: StageInput, message: string, nowMs: number): EventDraft {
  const failure: Failure = { message, failure_class: 'canceled', system_actor: 'engine' };
  return finalEvent(input, { status: 'failed', failure }, nowMs);
}

/** `allow_partial` counts for exhausted retry requests; `auto_status` makes any end but a skip a success. */
function finalOutcome(input: StageInput, result: AttemptResult): Outcome {
  const { node } = input;
  const { outcome } = result;
  if (
    attr.boolean(node, 'auto_status') === true &&
    outcome.status !== 'succeeded' &&
    outcome.status !== 'skipped'
  ) {
    const { failure: _failure, ...rest } = outcome;
    return {
      ...rest,
      status: 'succeeded',
      notes: 'auto-status: handler completed without writing status',
    };
  }
  if (
    outcome.status === 'failed' &&
    result.retryable &&
    result.broke !== true &&
    attr.boolean(node, 'allow_partial') === true
  )
    return { ...outcome, status: 'partially_succeeded' };
  return outcome;
}

function finalEvent(input: StageInput, outcome: Outcome, nowMs: number): EventDraft {
  const { stage, node, frame } = input;
  const scope = stageScope(frame, stage, node);
  const common = {
    index: stage.index,
    duration_ms: Math.max(0, nowMs - stage.startedAtMs),
    attempt: stage.attempt,
    max_attempts: stage.maxAttempts,
  };
  // A conditional that passes on a failure has itself worked: it is completed with that status.
  if (outcome.status === 'failed' && stage.handlerType !== 'conditional') {
    const {
      status: _status,
      failure,
      files_touched: _files,
      jump_to_node: _jump,
      ...rest
    } = outcome;
    return {
      ...scope,
      event: 'stage.failed',
      properties: { ...common, ...rest, will_retry: false, failure: signed(node.id, failure) },
    };
  }
  return {
    ...scope,
    event: 'stage.completed',
    properties: {
      ...common,
      ...outcome,
      ...(outcome.failure === undefined ? {} : { failure: signed(node.id, outcome.failure) }),
    },
  };
}

function signed(node: string, failure: Failure | undefined): Failure {
  const known: Failure = failure ?? {
    message: 'failed without a reason',
    failure_class: 'deterministic',
  };
  return known.failure_signature === undefined
    ? { ...known, failure_signature: failureSignature(node, known) }
    : known;
}
