/** A model that plays a script. It holds no state: the conversation says which turn comes next. */
import { setTimeout as sleepFor } from 'node:timers/promises';
import { type AssistantMessage, type Usage, messageOf } from '@fabro/protocol';
import { isRetryable } from '../failure-kinds.js';
import { UNKNOWN_CONTEXT_WINDOW } from '../limits.js';
import type { Model, ModelError, ModelEvent, ModelRequest } from '../port.js';
import { nextTurn } from './position.js';
import type { Script, ScriptTurn } from './script.js';

export interface ScriptedModelOptions {
  /** Waits for a turn's `delay_ms`; rejects when the signal aborts. Default: a real timer. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The model of a script: provider `scripted`, id `scripted`, no money. */
export function createScriptedModel(script: Script, options: ScriptedModelOptions = {}): Model {
  const sleep = options.sleep ?? ((ms, signal) => sleepFor(ms, undefined, { signal }));
  return {
    provider: 'scripted',
    id: 'scripted',
    scripted: true,
    contextWindow: UNKNOWN_CONTEXT_WINDOW,
    stream: (request, { signal }) => play(script, request, signal, sleep),
  };
}

async function* play(
  script: Script,
  request: ModelRequest,
  signal: AbortSignal,
  sleep: NonNullable<ScriptedModelOptions['sleep']>,
): AsyncGenerator<ModelEvent, void> {
  const canceled = (): ModelEvent => ({
    type: 'error',
    error: failure('canceled', `canceled: ${messageOf(signal.reason)}`),
  });
  const position = nextTurn(script, request.messages);
  if (!position.found) {
    yield {
      type: 'error',
      error: failure('invalid_request', `${position.reason}. Add the turn to the script.`),
    };
    return;
  }
  const { turn, answers } = position;
  yield { type: 'activity' };
  if (turn.delay_ms !== undefined && !signal.aborted) {
    try {
      await sleep(turn.delay_ms, signal);
    } catch (error) {
      // Only the signal ends the wait early; anything else is the timer's own failure.
      if (!signal.aborted) {
        yield { type: 'error', error: failure('stream', messageOf(error)) };
        return;
      }
    }
  }
  for (const event of eventsOf(turn, answers, request)) {
    if (signal.aborted) {
      yield canceled();
      return;
    }
    yield event;
  }
}

function* eventsOf(
  turn: ScriptTurn,
  answers: number,
  request: ModelRequest,
): Generator<ModelEvent> {
  if (turn.error !== undefined) {
    const { kind, message, retry_after_ms: wait } = turn.error;
    yield { type: 'error', error: failure(kind, message, wait) };
    return;
  }
  for (const delta of words(turn.reason ?? '')) yield { type: 'reasoning_delta', delta };
  for (const delta of words(turn.say ?? '')) yield { type: 'text_delta', delta };
  const message = messageOfTurn(turn, answers);
  yield {
    type: 'finish',
    message,
    usage: usageOf(turn, request, message),
    finishReason: turn.call === undefined ? 'stop' : 'tool_calls',
  };
}

/** Call ids follow from the place in the conversation, so that a repeated turn is the same turn. */
function messageOfTurn({ reason, say, call = [] }: ScriptTurn, answers: number): AssistantMessage {
  return {
    role: 'assistant',
    content: [
      ...(reason === undefined || reason === ''
        ? []
        : [{ type: 'reasoning' as const, text: reason }]),
      ...(say === undefined || say === '' ? [] : [{ type: 'text' as const, text: say }]),
      ...call.map(({ tool, args }, index) => ({
        type: 'tool_call' as const,
        tool_call_id: `scripted_${answers + 1}_${index + 1}`,
        tool_name: tool,
        input: args,
        ...(typeof args === 'string' ? { invalid: 'the arguments are no JSON object' } : {}),
      })),
    ],
  };
}

function usageOf(turn: ScriptTurn, request: ModelRequest, message: AssistantMessage): Usage {
  const estimate: Usage = {
    input_tokens: estimateTokens(JSON.stringify([request.system, request.tools, request.messages])),
    output_tokens: estimateTokens(JSON.stringify(message.content)),
    reasoning_tokens: estimateTokens(turn.reason ?? ''),
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    total_usd_micros: 0,
  };
  const said = Object.entries(turn.usage ?? {}).filter(([, value]) => value !== undefined);
  return { ...estimate, ...Object.fromEntries(said) };
}

/** Four characters a token, the usual rule of thumb. */
function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Words with the space after them; together they are the text. */
function words(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\s)(?=\S)/);
}

function failure(kind: ModelError['kind'], text: string, retryAfterMs?: number): ModelError {
  return {
    kind,
    message: `scripted, model scripted: ${text}`,
    retryable: isRetryable(kind),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
