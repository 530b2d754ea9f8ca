/** One model call as a stream of events: opened here, ended here, whatever happens. */
import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { messageOf } from '@fabro/protocol';
import type { FinishReason, ModelError, ModelEvent, ModelRequest } from '../port.js';
import { type Assembly, createAssembly } from './assembly.js';
import { modelError, toModelError } from './errors.js';
import { toCallOptions } from './request.js';
import type { ResolvedModel } from './resolve.js';
import { toUsage } from './usage.js';

export interface ModelCall {
  readonly resolved: ResolvedModel;
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly now: () => number;
  load(): Promise<LanguageModelV3>;
}

/** Never throws; the last event is `finish` or `error`. Leaving early ends the request. */
export async function* streamModel(call: ModelCall): AsyncGenerator<ModelEvent, void> {
  const { resolved, signal } = call;
  const request = new AbortController();
  const forward = (): void => request.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  const assembly = createAssembly();
  let reader: ReadableStreamDefaultReader<LanguageModelV3StreamPart> | undefined;
  try {
    signal.throwIfAborted();
    const client = await untilAborted(call.load(), request.signal);
    const { stream } = await untilAborted(
      client.doStream({ ...toCallOptions(call.request, resolved), abortSignal: request.signal }),
      request.signal,
    );
    reader = stream.getReader();
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), request.signal);
      if (done) break;
      assembly.add(value);
      const event = toEvent(value, assembly, call);
      yield event;
      if (event.type === 'finish' || event.type === 'error') return;
    }
    yield { type: 'error', error: brokenOff(resolved) };
  } catch (failure) {
    yield { type: 'error', error: failureOf(failure, call, reader !== undefined) };
  } finally {
    signal.removeEventListener('abort', forward);
    request.abort();
    // For a fetch that does not listen to its signal.
    reader?.cancel().catch(() => {
      // The stream has failed already, and its failure was the last event.
    });
  }
}

function toEvent(part: LanguageModelV3StreamPart, assembly: Assembly, call: ModelCall): ModelEvent {
  switch (part.type) {
    case 'text-delta':
      return part.delta === '' ? { type: 'activity' } : { type: 'text_delta', delta: part.delta };
    case 'reasoning-delta':
      return part.delta === ''
        ? { type: 'activity' }
        : { type: 'reasoning_delta', delta: part.delta };
    case 'error':
      return { type: 'error', error: failureOf(part.error, call, true) };
    case 'finish':
      return toEnd(part, assembly, call);
    default:
      return { type: 'activity' };
  }
}

function toEnd(
  part: Extract<LanguageModelV3StreamPart, { type: 'finish' }>,
  assembly: Assembly,
  { resolved }: ModelCall,
): ModelEvent {
  const { unified, raw } = part.finishReason;
  // Packages close a stream that broke off with a finish that has no reason of the provider's own.
  if (unified === 'other' && raw === undefined)
    return { type: 'error', error: brokenOff(resolved) };
  if (unified === 'error')
    return {
      type: 'error',
      error: modelError('server', resolved, {
        text: 'it ended the answer with an error and no reason',
      }),
    };
  const message = assembly.message();
  const calls = message.content.some(({ type }) => type === 'tool_call');
  return {
    type: 'finish',
    message,
    usage: toUsage(part.usage, resolved.model),
    finishReason: calls && unified !== 'length' ? 'tool_calls' : FINISH_REASONS[unified],
  };
}

const FINISH_REASONS: Readonly<
  Record<'stop' | 'length' | 'content-filter' | 'tool-calls' | 'other', FinishReason>
> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
  other: 'other',
};

function failureOf(
  failure: unknown,
  { resolved, signal, now }: ModelCall,
  streaming: boolean,
): ModelError {
  if (signal.aborted) {
    const timedOut = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
    return modelError(timedOut ? 'timeout' : 'canceled', resolved, {
      text: messageOf(signal.reason),
    });
  }
  if (failure instanceof RangeError && streaming)
    return modelError('stream', resolved, { text: failure.message, retryable: false });
  return toModelError(failure, { resolved, nowMs: now(), streaming });
}

function brokenOff(resolved: ResolvedModel): ModelError {
  return modelError('stream', resolved, {
    text: 'the stream ended before the answer was complete',
  });
}

const ABORTED = Symbol('aborted');

/** Rejects as soon as the signal aborts, even when the other side does not listen to it. */
async function untilAborted<T>(wait: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  let abort = (): void => undefined;
  const aborted = new Promise<typeof ABORTED>((resolve) => {
    abort = () => resolve(ABORTED);
  });
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    const first = await Promise.race([wait, aborted]);
    if (first === ABORTED) throw new DOMException('the call was aborted', 'AbortError');
    return first;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
