import { expect, it } from 'vitest';
import type { StreamId } from '@fabro/protocol';
import type { StoredEvent } from '../src/index.js';
import { RING_BYTES, RING_EVENTS } from '../src/limits.js';
import { Subscriptions } from '../src/subscription.js';
import { freshStream, seq } from '../src/contract/subject.js';

/** A source that is a plain list, and counts how often it is read. */
function listed() {
  const events: StoredEvent[] = [];
  let reads = 0;
  const subscriptions = new Subscriptions({
    read: (stream, { after, limit }) => {
      reads++;
      return events.filter((e) => e.stream === stream && e.seq > after).slice(0, limit);
    },
    readAll: ({ afterPosition, limit }) =>
      events.filter((e) => e.position > afterPosition).slice(0, limit),
  });
  const commit = (stream: StreamId, count: number, text = ''): void => {
    const from = events.filter((e) => e.stream === stream).length;
    const batch = Array.from({ length: count }, (_, i): StoredEvent => {
      const number = from + i + 1;
      return {
        stream,
        seq: seq(number),
        position: events.length + i + 1,
        type: 'note',
        origin: 'outside',
        json: `{"seq":${number},"text":"${text}"}`,
      };
    });
    events.push(...batch);
    subscriptions.publish(batch);
  };
  return { subscriptions, commit, reads: () => reads };
}

it('a reader that keeps up is served without reading the journal again', async () => {
  const { subscriptions, commit, reads } = listed();
  const stop = new AbortController();
  const stream = freshStream();
  const live = subscriptions.subscribe(stream, { after: seq(0), signal: stop.signal });
  const first = live.next();
  expect(reads()).toBe(1);
  commit(stream, 2);
  expect((await first).value).toHaveLength(2);
  commit(stream, 1);
  expect((await live.next()).value).toHaveLength(1);
  expect(reads()).toBe(1);
  stop.abort();
});

it('a commit while the reader is busy with the batch before is not lost', async () => {
  const { subscriptions, commit } = listed();
  const stop = new AbortController();
  const stream = freshStream();
  const live = subscriptions.subscribe(stream, { after: seq(0), signal: stop.signal });
  commit(stream, 1);
  for (let n = 1; n <= 50; n++) {
    const batch = await live.next();
    commit(stream, 1);
    expect(batch.value).toMatchObject([{ seq: n }]);
  }
  stop.abort();
});

it('a commit between reading nothing and waiting is not lost', async () => {
  const { subscriptions, commit } = listed();
  const stop = new AbortController();
  const stream = freshStream();
  const live = subscriptions.subscribe(stream, { after: seq(0), signal: stop.signal });
  for (let n = 1; n <= 50; n++) {
    const next = live.next();
    for (let turns = 0; turns < n % 5; turns++) await Promise.resolve();
    commit(stream, 1);
    expect((await next).value).toMatchObject([{ seq: n }]);
  }
  stop.abort();
});

it('what fell out of the ring by count or by bytes is read from the journal', async () => {
  for (const [batches, size, text] of [
    [RING_EVENTS + 10, 1, ''],
    [20, 1, 'x'.repeat(RING_BYTES / 10)],
  ] as const) {
    const { subscriptions, commit, reads } = listed();
    const stop = new AbortController();
    const stream = freshStream();
    const slow = subscriptions.subscribe(stream, { after: seq(0), signal: stop.signal });
    const first = slow.next();
    commit(stream, 1);
    await first;
    const before = reads();
    for (let n = 0; n < batches; n++) commit(stream, size, text);
    expect((await slow.next()).value?.[0]).toMatchObject({ seq: 2 });
    expect(reads()).toBe(before + 1);
    stop.abort();
  }
});

it('a stream to which somebody listens again after all had gone shows each event once', async () => {
  const { subscriptions, commit } = listed();
  const stream = freshStream();
  for (let round = 0; round < 3; round++) {
    const stop = new AbortController();
    const live = subscriptions.subscribe(stream, { after: seq(round * 2), signal: stop.signal });
    const next = live.next();
    commit(stream, 1);
    expect((await next).value).toMatchObject([{ seq: round * 2 + 1 }]);
    stop.abort();
    expect((await live.next()).done).toBe(true);
    commit(stream, 1);
  }
});
