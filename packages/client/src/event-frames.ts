/** Reads the frames of one connection; a connection that shows no sign of life is given up. */
import { type Clock, FabroError } from '@fabro/protocol';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { MAX_FRAME_LENGTH } from './limits.js';

/**
 * Yields frames until the server ends the stream. Throws what cut the connection, and `unavailable` after
 * `stallMs` without a byte. Leaving early cancels the connection.
 */
export async function* eventFrames(
  body: ReadableStream<Uint8Array>,
  clock: Clock,
  stallMs: number,
): AsyncGenerator<EventSourceMessage> {
  const frames: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (frame) => frames.push(frame),
    maxBufferSize: MAX_FRAME_LENGTH,
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw error;
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const done = new AbortController();
  let lastByteAt = clock.now();
  let silence: FabroError | undefined;
  let waiting = false;

  async function watch(): Promise<void> {
    while (clock.now() - lastByteAt < stallMs) {
      await clock.sleepUntil(lastByteAt + stallMs, done.signal);
      // The consumer's time is not the server's silence.
      if (!waiting) lastByteAt = clock.now();
    }
    silence = new FabroError(
      'unavailable',
      `The event stream has been silent for ${stallMs} ms; the connection is taken for dead.`,
    );
    await reader.cancel(silence);
  }
  const watched = watch().catch(() => undefined); // ends by `done`, which is no failure

  try {
    for (;;) {
      waiting = true;
      const chunk = await reader.read();
      waiting = false;
      if (silence !== undefined) throw silence;
      if (chunk.done) return;
      lastByteAt = clock.now();
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      yield* frames.splice(0);
    }
  } finally {
    done.abort(new DOMException('the stream has been left', 'AbortError'));
    await watched;
    await reader.cancel().catch(() => undefined); // a connection that is cut needs no cancelling
  }
}
