/** Follows a run's stream over any number of connections: every durable event once, in order. */
import { AnyEvent, type Clock, FabroError } from '@fabro/protocol';
import { parseAs, parseText } from './answer.js';
import { eventFrames } from './event-frames.js';
import { FIRST_DELAY_MS, MAX_DELAY_MS, MAX_RECONNECTS, STALL_MS } from './limits.js';
import { reach, type Transport } from './transport.js';

/** An event that is streamed and not stored. */
export const LiveEnvelope = AnyEvent.omit({ seq: true, id: true });
export type LiveEnvelope = ReturnType<(typeof LiveEnvelope)['parse']>;

/** What a stream yields: durable events have a sequence number, live ones have none. */
export type StreamedEvent =
  | { readonly kind: 'event'; readonly event: AnyEvent }
  | { readonly kind: 'live'; readonly event: LiveEnvelope };

export interface AttachOptions {
  /** First sequence number, from 1; absent means what comes after now. */
  readonly sinceSeq?: number | undefined;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface Connection {
  readonly origin: string;
  readonly request: Transport;
  readonly clock: Clock;
}

/** After these the run has ended, or goes on again; others leave that as it is. */
const ENDS: Readonly<Record<string, boolean>> = {
  'run.completed': true,
  'run.failed': true,
  'run.submitted': false,
};

/**
 * Yields until the run's stream ends. A dropped connection is resumed after the last durable event, with
 * delays that double from 250 ms to 4 s; after ten attempts in a row without an event the last error is
 * thrown. Other failures are thrown at once: `not_found`, `unauthenticated`, and `gone` when the run had
 * ended before the first connection. Without `sinceSeq`, what happens between a connection that was lost
 * before its first durable event and the next connection is not seen.
 */
export async function* attach(
  { origin, request, clock }: Connection,
  runId: string,
  { sinceSeq, signal }: AttachOptions,
): AsyncGenerator<StreamedEvent> {
  const path = `/api/v1/runs/${encodeURIComponent(runId)}/attach`;
  const never = new AbortController().signal;
  let lastSeq: number | undefined;
  let connected = false;
  let ended = false;
  let failures = 0;
  for (;;) {
    let problem: FabroError | undefined;
    try {
      const response = await request('GET', path, {
        signal,
        headers: {
          accept: 'text/event-stream',
          ...(lastSeq === undefined ? {} : { 'last-event-id': String(lastSeq) }),
        },
        query: { since_seq: lastSeq === undefined ? sinceSeq : undefined },
      });
      connected = true;
      if (response.body === null) return;
      const frames = eventFrames(response.body, clock, STALL_MS);
      try {
        for (;;) {
          const next = await reach(origin, signal, () => frames.next());
          if (next.done === true) break;
          const item = streamedEvent(next.value, path);
          failures = 0;
          if (item.kind === 'event') {
            if (lastSeq !== undefined && item.event.seq <= lastSeq) continue;
            lastSeq = item.event.seq;
            ended = ENDS[item.event.event] ?? ended;
          }
          yield item;
        }
      } finally {
        await frames.return(undefined);
      }
      if (ended) return;
    } catch (error) {
      signal?.throwIfAborted();
      if (connected && error instanceof FabroError && error.code === 'gone') return;
      if (!isPassing(error)) throw error;
      problem = error;
    }
    if (++failures > MAX_RECONNECTS)
      throw (
        problem ?? new FabroError('unavailable', `${origin} keeps closing the stream of ${runId}.`)
      );
    const delay = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS);
    await clock.sleepUntil(clock.now() + delay, signal ?? never);
  }
}

function streamedEvent(
  frame: { id?: string | undefined; data: string },
  path: string,
): StreamedEvent {
  const value = parseText(frame.data, `A frame of ${path}`);
  return frame.id === undefined
    ? { kind: 'live', event: parseAs(LiveEnvelope, value, `A live frame of ${path}`) }
    : { kind: 'event', event: parseAs(AnyEvent, value, `Event ${frame.id} of ${path}`) };
}

/** True for failures that a later attempt may not have. */
export function isPassing(error: unknown): error is FabroError {
  if (!(error instanceof FabroError)) return false;
  const { code } = error;
  return code === 'unavailable' || code === 'internal' || code === 'storage_full';
}
