import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { RING_EVENTS } from '../limits.js';
import type { Journal, StoredEvent } from '../port.js';
import { appended, freshStream, note, outside, parsed, readWhole, seq } from './subject.js';

async function take(
  source: AsyncIterator<readonly StoredEvent[]>,
  count: number,
): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  while (events.length < count) {
    const step = await source.next();
    if (step.done === true) return events;
    events.push(...step.value);
  }
  return events;
}

/** Following a stream: first what exists, then what comes. */
export function subscribing(journal: () => Journal): void {
  it('gives what exists, then what is committed, without a gap or a repetition', async () => {
    const stream = freshStream();
    const stop = new AbortController();
    await appended(journal(), outside(stream, [note(1), note(2)]));
    const live = journal()
      .subscribe(stream, { after: seq(0), signal: stop.signal })
      [Symbol.asyncIterator]();
    const taking = take(live, 102);
    for (let n = 3; n <= 102; n++) await appended(journal(), outside(stream, [note(n)]));
    expect((await taking).map(parsed)).toEqual(
      Array.from({ length: 102 }, (_, i) => ({ seq: i + 1, n: i + 1 })),
    );
    stop.abort();
    expect(await live.next()).toEqual({ done: true, value: undefined });
  });

  it('what comes live is of equal bytes as what is read', async () => {
    const stream = freshStream();
    const stop = new AbortController();
    const live = journal()
      .subscribe(stream, { after: seq(0), signal: stop.signal })
      [Symbol.asyncIterator]();
    const first = live.next();
    await appended(
      journal(),
      outside(stream, [{ type: 'greeting', body: { text: 'hello' } }, note(2)]),
    );
    expect((await first).value).toEqual(readWhole(journal(), stream));
    stop.abort();
  });

  it('starts after the number that is given', async () => {
    const stream = freshStream();
    const stop = new AbortController();
    await appended(journal(), outside(stream, [1, 2, 3].map(note)));
    const live = journal()
      .subscribe(stream, { after: seq(2), signal: stop.signal })
      [Symbol.asyncIterator]();
    expect((await take(live, 1)).map((e) => e.seq)).toEqual([3]);
    stop.abort();
  });

  it('two live subscribers get one shared array', async () => {
    const stream = freshStream();
    const stop = new AbortController();
    const [a, b] = [0, 1].map(() =>
      journal()
        .subscribe(stream, { after: seq(0), signal: stop.signal })
        [Symbol.asyncIterator](),
    );
    const waiting = [a, b].map(async (live) => live?.next());
    await appended(journal(), outside(stream, [note(1), note(2)]));
    const [ofA, ofB] = await Promise.all(waiting);
    expect(ofA?.value).toHaveLength(2);
    expect(ofA?.value).toBe(ofB?.value);
    stop.abort();
  });

  it('a subscriber does not hear other streams', async () => {
    const [mine, other] = [freshStream(), freshStream()];
    const stop = new AbortController();
    const live = journal()
      .subscribe(mine, { after: seq(0), signal: stop.signal })
      [Symbol.asyncIterator]();
    const taking = take(live, 1);
    await appended(journal(), outside(other, [note('theirs')]));
    await appended(journal(), outside(mine, [note('mine')]));
    expect((await taking).map(parsed)).toEqual([{ seq: 1, n: 'mine' }]);
    stop.abort();
  });

  it('a reader that was left behind by more than the ring holds misses nothing', async () => {
    const stream = freshStream();
    const stop = new AbortController();
    const slow = journal()
      .subscribe(stream, { after: seq(0), signal: stop.signal })
      [Symbol.asyncIterator]();
    const first = slow.next();
    await appended(journal(), outside(stream, [note(1)]));
    expect((await first).value).toHaveLength(1);
    const total = RING_EVENTS + 1_000;
    for (let n = 2; n <= total; n += 500) {
      const size = Math.min(500, total - n + 1);
      await appended(
        journal(),
        outside(
          stream,
          Array.from({ length: size }, (_, i) => note(n + i)),
        ),
      );
    }
    const rest = await take(slow, total - 1);
    expect(rest.map((e) => e.seq)).toEqual(Array.from({ length: total - 1 }, (_, i) => i + 2));
    stop.abort();
  });

  it('follows all streams in the order of commits', async () => {
    const [a, b] = [freshStream(), freshStream()];
    const stop = new AbortController();
    const start = journal().lastPosition();
    await appended(journal(), outside(a, [note(1)]));
    const live = journal()
      .subscribeAll({ afterPosition: start, signal: stop.signal })
      [Symbol.asyncIterator]();
    const taking = take(live, 4);
    await Promise.all([
      appended(journal(), outside(b, [note(2)])),
      appended(journal(), outside(a, [note(3)])),
      appended(journal(), outside(b, [note(4)])),
    ]);
    const events = await taking;
    expect(events.map((e) => [e.stream, e.seq])).toEqual([
      [a, 1],
      [b, 1],
      [a, 2],
      [b, 2],
    ]);
    stop.abort();
    expect(await live.next()).toEqual({ done: true, value: undefined });
  });

  it('ends on abort while it waits, and leaves no listener on the signal', async () => {
    const stop = new AbortController();
    const stream = freshStream();
    const iterators = [
      journal().subscribe(stream, { after: seq(0), signal: stop.signal }),
      journal().subscribeAll({ afterPosition: journal().lastPosition(), signal: stop.signal }),
    ].map((iterable) => iterable[Symbol.asyncIterator]());
    const waiting = iterators.map((i) => i.next());
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(2);
    stop.abort();
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  });

  it('a signal that is aborted from the start gives nothing', async () => {
    const stream = freshStream();
    await appended(journal(), outside(stream, [note(1)]));
    const signal = AbortSignal.abort();
    for await (const batch of journal().subscribe(stream, { after: seq(0), signal }))
      expect.unreachable(`a batch of ${batch.length}`);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('leaving the loop ends the subscription and leaves no listener', async () => {
    const stream = freshStream();
    const stop = new AbortController();
    await appended(journal(), outside(stream, [note(1)]));
    for await (const batch of journal().subscribe(stream, { after: seq(0), signal: stop.signal })) {
      expect(batch).toHaveLength(1);
      break;
    }
    for await (const batch of journal().subscribeAll({ afterPosition: 0, signal: stop.signal })) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  });

  it('a stream that is deleted and made anew does not show its old events', async () => {
    const stream = freshStream();
    const stop = new AbortController();
    const other = journal()
      .subscribe(stream, { after: seq(0), signal: stop.signal })
      [Symbol.asyncIterator]();
    const first = other.next();
    await appended(journal(), outside(stream, [note('secret 1')]));
    await first;
    await appended(journal(), outside(stream, [note('secret 2')]));
    await journal().deleteStream(stream);
    await appended(journal(), outside(stream, [note('new 1')]));
    const late = journal()
      .subscribe(stream, { after: seq(0), signal: stop.signal })
      [Symbol.asyncIterator]();
    expect((await take(late, 1)).map(parsed)).toEqual([{ seq: 1, n: 'new 1' }]);
    const second = take(late, 1);
    await appended(journal(), outside(stream, [note('new 2')]));
    expect((await second).map(parsed)).toEqual([{ seq: 2, n: 'new 2' }]);
    stop.abort();
  });
}
