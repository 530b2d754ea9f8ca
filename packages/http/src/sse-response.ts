/**
 * Answers with a stream of server-sent events. Pull based: a batch is asked for when the connection can
 * take it, so a slow reader holds at most one encoded batch, shared with the other readers.
 */
import type { Clock } from '@fabro/protocol';
import { SSE_KEEP_ALIVE_MS } from './limits.js';
import type { OpenStreams } from './open-streams.js';
import { encodeBatch, KEEP_ALIVE_CHUNK, type SseFrame } from './sse-frame.js';

export interface SseOptions {
  /** The request's signal: the client is gone. */
  readonly signal: AbortSignal;
  /** Where the stream is registered, so that a stopping server ends it. */
  readonly streams: OpenStreams;
  readonly clock: Clock;
  /** Silence after which a comment is sent; default 15 s. */
  readonly keepAliveMs?: number;
  /** Told of a source that failed after the answer had begun; the connection is then cut, so clients resume. */
  readonly onError: (error: unknown) => void;
}

/** Opens the source of a stream; the signal aborts when nobody reads any more. */
export type SseSource = (signal: AbortSignal) => Promise<AsyncIterable<readonly SseFrame[]>>;

/** Opens the source, then answers 200. Rejects as the source does, so that a refusal is an ordinary failure. */
export async function sseResponse(open: SseSource, options: SseOptions): Promise<Response> {
  const ended = new AbortController();
  const end = (): void => ended.abort(new DOMException('the stream has ended', 'AbortError'));
  if (options.signal.aborted) end();
  options.signal.addEventListener('abort', end, { once: true, signal: ended.signal });
  const unregister = options.streams.add(end);
  ended.signal.addEventListener('abort', unregister, { once: true });
  try {
    const batches = await open(ended.signal);
    return new Response(streamOf(batches[Symbol.asyncIterator](), ended, options), {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // Proxies such as nginx would otherwise hold events back.
        'x-accel-buffering': 'no',
      },
    });
  } catch (error) {
    end();
    throw error;
  }
}

function streamOf(
  batches: AsyncIterator<readonly SseFrame[]>,
  ended: AbortController,
  options: SseOptions,
): ReadableStream<Uint8Array> {
  const keepAliveMs = options.keepAliveMs ?? SSE_KEEP_ALIVE_MS;
  let waiting = false;
  let lastSentAt = options.clock.now();

  const end = (): void => {
    if (!ended.signal.aborted) ended.abort(new DOMException('the stream has ended', 'AbortError'));
  };

  async function keepAlive(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (!ended.signal.aborted) {
      try {
        await options.clock.sleepUntil(lastSentAt + keepAliveMs, ended.signal);
      } catch {
        return; // only the end of the stream interrupts the sleep
      }
      if (ended.signal.aborted) return;
      if (options.clock.now() - lastSentAt < keepAliveMs) continue;
      lastSentAt = options.clock.now();
      // A reader that has not taken its last batch needs no sign of life, and must not cost memory.
      if (waiting) controller.enqueue(KEEP_ALIVE_CHUNK);
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const finish = (): void => {
          close(controller);
          // A source that waits returns once its wait ends, which the signal brings about.
          batches.return?.().catch(options.onError);
        };
        ended.signal.addEventListener('abort', finish, { once: true });
        keepAlive(controller).catch(options.onError);
        if (ended.signal.aborted) finish();
      },
      async pull(controller) {
        waiting = true;
        try {
          const next = await batches.next();
          if (ended.signal.aborted) return;
          if (next.done === true) return end();
          lastSentAt = options.clock.now();
          controller.enqueue(encodeBatch(next.value));
        } catch (error) {
          if (ended.signal.aborted) return;
          options.onError(error);
          controller.error(error);
          end();
        } finally {
          waiting = false;
        }
      },
      cancel() {
        end();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Ends the stream after what was sent; a stream that is cancelled, failed or closed already stays so. */
function close(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch {
    // closed already: cancel by the reader and an error both come before the abort that leads here
  }
}
