import type { Clock } from '@fabro/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, type StreamedEvent } from '../src/index.js';
import { type Answer, failure, frame, type Loopback, loopback, stream } from './loopback.js';

let server: Loopback | undefined;
afterEach(() => server?.close());

/** Sleeps of reconnects end at once and are noted; the stall watch sleeps until it is told to wake. */
class InstantClock implements Clock {
  readonly delays: number[] = [];
  #now = 0;
  #stall: (() => void) | undefined;

  now(): number {
    return this.#now;
  }

  sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    const ms = atMs - this.#now;
    if (ms < 45_000) {
      this.delays.push(ms);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.#stall = resolve;
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  stall(): void {
    this.#now += 45_000;
    this.#stall?.();
  }
}

async function attached(
  answers: readonly Answer[],
  options: { readonly sinceSeq?: number; readonly signal?: AbortSignal } = { sinceSeq: 1 },
): Promise<{ readonly events: AsyncGenerator<StreamedEvent>; readonly clock: InstantClock }> {
  server = await loopback(...answers);
  const clock = new InstantClock();
  return { events: createClient({ baseUrl: server.url, clock }).attach('r', options), clock };
}

async function seqsOf(events: AsyncIterable<StreamedEvent>): Promise<readonly (number | string)[]> {
  const seqs: (number | string)[] = [];
  for await (const item of events)
    seqs.push(item.kind === 'event' ? item.event.seq : item.event.event);
  return seqs;
}

describe('following a run', () => {
  it('yields durable and live events and ends when the run has ended', async () => {
    const live =
      'data: {"ts":"2026-01-01T00:00:00Z","run_id":"r","event":"agent.text.delta","properties":{"delta":"x"}}\n\n';
    const { events } = await attached([
      stream('end', frame(1), live, ': keep-alive\n\n', frame(2, 'run.completed')),
    ]);
    expect(await seqsOf(events)).toEqual([1, 'agent.text.delta', 2]);
    expect(server?.requests).toEqual([
      { line: 'GET /api/v1/runs/r/attach?since_seq=1', lastEventId: undefined },
    ]);
  });

  it('goes on after the last event when the connection drops, without repeating any', async () => {
    const { events } = await attached([
      stream('cut', frame(1), frame(2)),
      stream('end', frame(2), frame(3)),
      stream('end', frame(4), frame(5, 'run.failed')),
    ]);
    expect(await seqsOf(events)).toEqual([1, 2, 3, 4, 5]);
    expect(server?.requests).toEqual([
      { line: 'GET /api/v1/runs/r/attach?since_seq=1', lastEventId: undefined },
      { line: 'GET /api/v1/runs/r/attach', lastEventId: '2' },
      { line: 'GET /api/v1/runs/r/attach', lastEventId: '3' },
    ]);
  });

  it('goes past the end of an attempt that was resumed', async () => {
    const { events } = await attached([
      stream('end', frame(1, 'run.failed'), frame(2, 'run.resumed'), frame(3, 'run.completed')),
    ]);
    expect(await seqsOf(events)).toEqual([1, 2, 3]);
  });

  it('ends when the run has ended while it was not connected (410)', async () => {
    const { events } = await attached([
      stream('cut', frame(1)),
      failure(410, 'Event stream closed.', 'gone'),
    ]);
    expect(await seqsOf(events)).toEqual([1]);
  });

  it('fails with gone when the run had ended before', async () => {
    const { events } = await attached([failure(410, 'Event stream closed.', 'gone')], {});
    await expect(seqsOf(events)).rejects.toMatchObject({ code: 'gone' });
  });

  it.each([
    [404, 'not_found'],
    [401, 'unauthenticated'],
    [400, 'invalid_argument'],
  ])('fails at once with a %i', async (status, code) => {
    const { events, clock } = await attached([failure(status, 'no', code)]);
    await expect(seqsOf(events)).rejects.toMatchObject({ code });
    expect(clock.delays).toEqual([]);
  });

  it('waits longer after each failure, gives up after ten, and counts anew after an event', async () => {
    const busy = failure(503, 'starting', 'unavailable');
    const { events, clock } = await attached([busy, busy, stream('cut', frame(1)), busy]);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of events) if (item.kind === 'event') seen.push(item.event.seq);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', message: 'starting' });
    expect(seen).toEqual([1]);
    const ten = [250, 500, 1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000];
    expect(clock.delays).toEqual([250, 500, ...ten]);
  });

  it('takes a connection for dead after 45 s of silence and connects again', async () => {
    const { events, clock } = await attached([
      stream('open', frame(1)),
      stream('end', frame(2, 'run.completed')),
    ]);
    expect(await events.next()).toMatchObject({ value: { event: { seq: 1 } } });
    const next = events.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.stall();
    expect(await next).toMatchObject({ value: { event: { seq: 2 } } });
    expect((await events.next()).done).toBe(true);
  });

  it('keeps its connection while the reader itself takes longer than that', async () => {
    let more = (): void => {};
    const { events, clock } = await attached([
      (request, response) => {
        stream('open', frame(1))(request, response);
        more = () => void response.end(frame(2, 'run.completed'));
      },
    ]);
    await events.next();
    clock.stall();
    await new Promise((resolve) => setImmediate(resolve));
    more();
    expect(await events.next()).toMatchObject({ value: { event: { seq: 2 } } });
    expect((await events.next()).done).toBe(true);
    expect(server?.requests).toHaveLength(1);
  });

  it('ends with the reason of its signal and leaves no connection behind', async () => {
    const stop = new AbortController();
    let closed: Promise<void> | undefined;
    const { events } = await attached(
      [
        (request, response) => {
          closed = new Promise((resolve) => response.on('close', resolve));
          stream('open', frame(1))(request, response);
        },
      ],
      { sinceSeq: 1, signal: stop.signal },
    );
    await events.next();
    const next = events.next();
    stop.abort(new Error('detached'));
    await expect(next).rejects.toThrow('detached');
    await closed;
  });

  it('leaves no connection behind when the reader breaks off', async () => {
    let closed: Promise<void> | undefined;
    const { events } = await attached([
      (request, response) => {
        closed = new Promise((resolve) => response.on('close', resolve));
        stream('open', frame(1))(request, response);
      },
    ]);
    for await (const item of events) {
      expect(item.kind).toBe('event');
      break;
    }
    await closed;
  });

  it('refuses a frame that is no event', async () => {
    const { events } = await attached([stream('end', 'id: 1\ndata: {"seq":"one"}\n\n')]);
    await expect(seqsOf(events)).rejects.toMatchObject({ code: 'upstream' });
  });
});
