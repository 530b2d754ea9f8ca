/** The model's part of a turn: one durable call per try, waits between tries that outlive a restart. */
import { AGENT_MODEL_RETRIES, type ModelRequest, retryDelay } from '@fabro/models';
import type { EventDraft } from '@fabro/protocol';
import { type LiveBlock, liveBlock } from './live-block.js';
import { failureClassOf } from './model-failure.js';
import {
  type ModelTry,
  asRecorded,
  decodeTry,
  encodeTry,
  failedTry,
  steeringField,
  steeringOf,
} from './model-record.js';
import { streamToEnd } from './model-stream.js';
import { type Session, turnKey } from './session.js';

/** Asks until there is an answer or a failure that no retry mends. Steering that goes out is in memory afterwards. */
export async function askModel(
  session: Session,
  turn: number,
): Promise<Exclude<ModelTry, { kind: 'retry' }>> {
  const { ports, request } = session;
  const block = liveBlock(turnKey(session, turn), request.scope, (event) => ports.live(event));
  for (let attempt = 1; ; attempt++) {
    const tried = await tryModel(session, { turn, attempt }, block);
    session.steering.told(tried.steering);
    for (const text of tried.steering) session.memory.told(text);
    if (tried.kind !== 'retry') return tried;
    await ports.clock.sleepUntil(tried.dueAt, ports.calls.signal);
  }
}

function tryModel(
  session: Session,
  at: { readonly turn: number; readonly attempt: number },
  block: LiveBlock,
): Promise<ModelTry> {
  const { calls, clock, model } = session.ports;
  let steering = session.steering.waiting();
  return calls.call<ModelTry>(
    {
      key: turnKey(session, at.turn, 'model', ...(at.attempt === 1 ? [] : [at.attempt])),
      started: startedEvent(session, at, steering),
      ended: (value) => encodeTry(session, at, value),
      decode: decodeTry,
      inDoubt: {
        // Asking again does no harm. The request is the recorded one: what was steered since waits a turn.
        rule: 'reconcile',
        async reconcile(started) {
          steering = steeringOf(started);
          return 'repeat';
        },
      },
    },
    async (signal) => {
      const end = await streamToEnd(model, modelRequest(session, steering), block, signal);
      if (end.ok)
        return {
          kind: 'answered',
          steering,
          message: asRecorded(end.message),
          usage: end.usage,
          finishReason: end.finishReason,
        };
      const delayMs =
        at.attempt > AGENT_MODEL_RETRIES
          ? undefined
          : retryDelay(at.attempt, end.error, () => session.ports.random());
      if (delayMs === undefined)
        return failedTry(end.error, failureClassOf(end.error.kind), steering);
      return {
        kind: 'retry',
        steering,
        error: end.error.message,
        delayMs,
        dueAt: clock.now() + delayMs,
      };
    },
  );
}

function startedEvent(
  session: Session,
  at: { readonly turn: number; readonly attempt: number },
  steering: readonly string[],
): EventDraft {
  const { request, ports } = session;
  const extra = steeringField(steering);
  if (at.attempt > 1)
    return {
      ...request.scope,
      event: 'call.started',
      properties: { kind: 'agent.model', turn: at.turn, attempt: at.attempt, ...extra },
    };
  return {
    ...request.scope,
    event: 'agent.turn.started',
    properties: { visit: request.visit, turn: at.turn, model: ports.model.id, ...extra },
  };
}

function modelRequest(session: Session, steering: readonly string[]): ModelRequest {
  const { head, memory, request } = session;
  return {
    system: head.system,
    messages: [
      ...memory.messages,
      ...steering.map((text) => ({
        role: 'user' as const,
        content: [{ type: 'text' as const, text }],
      })),
    ],
    tools: head.tools,
    ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: request.maxOutputTokens }),
    ...(request.reasoningEffort === undefined ? {} : { reasoningEffort: request.reasoningEffort }),
  };
}
