/** How one try of a model call lies in the journal: as its answer, as a wait before the next try, or as its failure. */
import type { ModelError } from '@fabro/models';
import {
  type AnyEvent,
  AssistantMessage,
  EVENT_PROPERTIES,
  type EventDraft,
  FailureClass,
  type Usage,
} from '@fabro/protocol';
import { z } from 'zod';
import { textOf } from './memory.js';
import type { Session } from './session.js';

/** Every record names the steering that went out with the request. */
interface Told {
  readonly steering: readonly string[];
}
export type ModelTry = Told &
  (
    | {
        readonly kind: 'answered';
        readonly message: AssistantMessage;
        readonly usage?: Usage | undefined;
        readonly finishReason: string;
      }
    | {
        readonly kind: 'retry';
        readonly error: string;
        readonly delayMs: number;
        /** Milliseconds since 1970. */
        readonly dueAt: number;
      }
    | {
        readonly kind: 'failed';
        readonly error: string;
        readonly failureClass: FailureClass;
        readonly retryable: boolean;
      }
  );

const told = { steering: z.array(z.string()).default([]) };
const Answered = EVENT_PROPERTIES['agent.message'].extend(told);
const Retry = EVENT_PROPERTIES['agent.llm.retry'].extend(told);
const Failed = EVENT_PROPERTIES['agent.error'].extend({
  ...told,
  failure_class: FailureClass,
  retryable: z.boolean(),
});
const Started = z.looseObject(told);

/** A failed try as it is recorded. */
export function failedTry(
  error: ModelError,
  failureClass: FailureClass,
  steering: readonly string[],
): ModelTry {
  return {
    kind: 'failed',
    steering,
    error: error.message,
    failureClass,
    retryable: error.retryable,
  };
}

export function encodeTry(
  session: Session,
  at: { readonly turn: number; readonly attempt: number },
  value: ModelTry,
): EventDraft {
  const { request, ports } = session;
  const common = { visit: request.visit, ...steeringField(value.steering) };
  switch (value.kind) {
    case 'answered':
      return {
        ...request.scope,
        event: 'agent.message',
        properties: {
          ...common,
          turn: at.turn,
          text: textOf(value.message),
          model: ports.model.id,
          ...(value.usage === undefined ? {} : { billing: value.usage }),
          tool_call_count: value.message.content.filter((part) => part.type === 'tool_call').length,
          finish_reason: value.finishReason,
          message: value.message,
        },
      };
    case 'retry':
      return {
        ...request.scope,
        event: 'agent.llm.retry',
        properties: {
          ...common,
          turn: at.turn,
          provider: ports.model.provider,
          model: ports.model.id,
          attempt: at.attempt,
          delay_secs: value.delayMs / 1000,
          due_at: value.dueAt,
          error: value.error,
        },
      };
    case 'failed':
      return {
        ...request.scope,
        event: 'agent.error',
        properties: {
          ...common,
          turn: at.turn,
          error: value.error,
          failure_class: value.failureClass,
          retryable: value.retryable,
        },
      };
    default:
      return value satisfies never;
  }
}

export function decodeTry(ended: AnyEvent): ModelTry {
  switch (ended.event) {
    case 'agent.llm.retry': {
      const { steering, error, due_at, delay_secs } = Retry.parse(ended.properties);
      return { kind: 'retry', steering, error, dueAt: due_at, delayMs: delay_secs * 1000 };
    }
    case 'agent.error': {
      const { steering, error, failure_class, retryable } = Failed.parse(ended.properties);
      return { kind: 'failed', steering, error, failureClass: failure_class, retryable };
    }
    default: {
      const { steering, message, billing, finish_reason } = Answered.parse(ended.properties);
      return { kind: 'answered', steering, message, usage: billing, finishReason: finish_reason };
    }
  }
}

/** The steering that a try was begun with. */
export function steeringOf(started: AnyEvent): readonly string[] {
  return Started.parse(started.properties).steering;
}

export function steeringField(texts: readonly string[]): { steering?: string[] } {
  return texts.length === 0 ? {} : { steering: [...texts] };
}

/** The message in the shape and key order in which the journal gives it back. */
export function asRecorded(message: AssistantMessage): AssistantMessage {
  return AssistantMessage.parse(z.json().parse(JSON.parse(JSON.stringify(message))));
}
