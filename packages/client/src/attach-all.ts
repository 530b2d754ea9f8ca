/** Follows the events of all runs, or of some, over any number of connections. */
import { AnyEvent, FabroError } from '@fabro/protocol';
import { parseAs, parseText } from './answer.js';
import { type Connection, isPassing } from './attach.js';
import { eventFrames } from './event-frames.js';
import { FIRST_DELAY_MS, MAX_DELAY_MS, MAX_RECONNECTS, STALL_MS } from './limits.js';
import { reach } from './transport.js';

export interface AttachAllOptions {
  /** Run ids; absent means all runs. */
  readonly runs?: readonly string[] | undefined;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Yields what is stored from now on, and never ends by itself. A dropped connection is resumed after the
 * last event that came, as `attach` does it; what happens between a connection that was lost before its first
 * event and the next one is not seen.
 */
export async function* attachAll(
  { origin, request, clock }: Connection,
  { runs, signal }: AttachAllOptions,
): AsyncGenerator<AnyEvent> {
  const path = '/api/v1/attach';
  const never = new AbortController().signal;
  let lastId: string | undefined;
  let failures = 0;
  for (;;) {
    let problem: FabroError | undefined;
    try {
      const response = await request('GET', path, {
        signal,
        headers: {
          accept: 'text/event-stream',
          ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
        },
        query: { run_id: runs === undefined ? undefined : runs.join(',') },
      });
      if (response.body === null) return;
      const frames = eventFrames(response.body, clock, STALL_MS);
      try {
        for (;;) {
          const next = await reach(origin, signal, () => frames.next());
          if (next.done === true) break;
          failures = 0;
          const { id, data } = next.value;
          const event = parseAs(
            AnyEvent,
            parseText(data, `A frame of ${path}`),
            `Frame ${id ?? '?'} of ${path}`,
          );
          lastId = id ?? lastId;
          yield event;
        }
      } finally {
        await frames.return(undefined);
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw error;
      problem = error;
    }
    if (++failures > MAX_RECONNECTS)
      throw (
        problem ?? new FabroError('unavailable', `${origin} keeps closing the stream of events.`)
      );
    const delay = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS);
    await clock.sleepUntil(clock.now() + delay, signal ?? never);
  }
}
