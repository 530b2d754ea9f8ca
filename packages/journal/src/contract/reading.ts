import { expect, it } from 'vitest';
import { MAX_READ_EVENTS } from '../limits.js';
import type { EventBody, Journal } from '../port.js';
import { appended, freshStream, note, outside, parsed, readWhole, seq } from './subject.js';

/** Reading by stream and over all streams. */
export function reading(journal: () => Journal): void {
  it('gives the events after a number, at most as many as asked for', async () => {
    const stream = freshStream();
    await appended(journal(), outside(stream, [1, 2, 3, 4, 5].map(note)));
    const read = (after: number, limit: number) =>
      journal()
        .read(stream, { after: seq(after), limit })
        .map((e) => e.seq);
    expect(read(0, 2)).toEqual([1, 2]);
    expect(read(2, 2)).toEqual([3, 4]);
    expect(read(4, 2)).toEqual([5]);
    expect(read(5, 2)).toEqual([]);
    expect(read(99, 2)).toEqual([]);
    expect(read(0, 0)).toEqual([]);
  });

  it('never gives more than MAX_READ_EVENTS at once, whatever the limit says', async () => {
    const stream = freshStream();
    const before = journal().lastPosition();
    const events = Array.from({ length: MAX_READ_EVENTS + 1 }, (_, i) => note(i));
    await appended(journal(), outside(stream, events));
    expect(journal().read(stream, { after: seq(0), limit: 10_000 })).toHaveLength(500);
    expect(journal().readAll({ afterPosition: before, limit: 10_000 })).toHaveLength(500);
    expect(journal().read(stream, { after: seq(0), limit: -1 })).toEqual([]);
    expect(journal().readAll({ afterPosition: before, limit: -1 })).toEqual([]);
  });

  it('an unknown stream has no events, number 0, no snapshot', () => {
    const stream = freshStream();
    expect(journal().read(stream, { after: seq(0), limit: 10 })).toEqual([]);
    expect(journal().lastSeq(stream)).toBe(0);
    expect(journal().snapshot(stream)).toBeUndefined();
  });

  it('each event is one line of JSON that begins with its number', async () => {
    const stream = freshStream();
    await appended(
      journal(),
      outside(stream, [
        { type: 'note', body: { a: 1, b: [true, null] } },
        { type: 'note', body: {} },
      ]),
    );
    expect(readWhole(journal(), stream).map((e) => e.json)).toEqual([
      '{"seq":1,"a":1,"b":[true,null]}',
      '{"seq":2}',
    ]);
  });

  it('gives odd characters back as they were', async () => {
    const stream = freshStream();
    const body: EventBody = {
      '"quotes" and \\': 'a"b\\c',
      '': 'empty key',
      lines: 'a\r\nb\u2028c\u2029d\u0085',
      control: '\u0000\u0001\u001f\u007f',
      emoji: '👩‍👩‍👧 𝒳 ﷽',
      lone: 'half \ud83d of a pair',
      numbers: [0, -1, 1e21, 5e-324, 2 ** 53, 0.1],
      nested: { deep: [{ deeper: [[[]]] }, {}] },
      json: '{"seq":99}',
    };
    await appended(journal(), outside(stream, [{ type: 'ødd "type"', body }]));
    const [event] = readWhole(journal(), stream);
    expect(event?.type).toBe('ødd "type"');
    expect(event?.json).not.toContain('\n');
    expect(parsed(event)).toEqual({ seq: 1, ...body });
  });

  it('reads all streams in the order of commits, with positions that only grow', async () => {
    const [a, b] = [freshStream(), freshStream()];
    const start = journal().lastPosition();
    await appended(journal(), outside(a, [note(1), note(2)]));
    await appended(journal(), outside(b, [note(3)]));
    await appended(journal(), outside(a, [note(4)]));
    const all = journal().readAll({ afterPosition: start, limit: 10 });
    expect(all.map((e) => [e.stream, e.seq])).toEqual([
      [a, 1],
      [a, 2],
      [b, 1],
      [a, 3],
    ]);
    const positions = all.map((e) => e.position);
    expect(positions).toEqual(positions.toSorted((x, y) => x - y));
    expect(new Set(positions).size).toBe(4);
    expect(journal().lastPosition()).toBe(positions[3]);
    expect(
      journal()
        .readAll({ afterPosition: positions[1] ?? 0, limit: 1 })
        .map((e) => e.stream),
    ).toEqual([b]);
    expect(journal().read(a, { after: seq(2), limit: 1 })).toEqual([all[3]]);
  });

  it('events of an old version are read, and folded into rows, in the newest', async () => {
    const stream = freshStream();
    await appended(
      journal(),
      outside(stream, [
        { type: 'greeting', body: { text: 'hello' } },
        { type: 'greeting', body: { words: 'hi', v: 2 } },
        { type: 'greeting', body: { words: ['hey'], v: 3 } },
      ]),
    );
    expect(readWhole(journal(), stream).map(parsed)).toEqual([
      { seq: 1, words: ['hello'], v: 3 },
      { seq: 2, words: ['hi'], v: 3 },
      { seq: 3, words: ['hey'], v: 3 },
    ]);
  });

  it('lists streams by id in pages, with their last number and a size that grows', async () => {
    const [a, b, c] = [freshStream('zz'), freshStream('zz'), freshStream('zz')].toSorted();
    if (a === undefined || b === undefined || c === undefined) throw new Error('three streams');
    for (const stream of [c, a, b]) await appended(journal(), outside(stream, [note(1), note(2)]));
    const first = journal()
      .streams({ limit: 1_000 })
      .filter((s) => s.stream.startsWith('zz'));
    expect(first.map((s) => [s.stream, s.lastSeq])).toEqual([
      [a, 2],
      [b, 2],
      [c, 2],
    ]);
    const page = journal().streams({ limit: 1, after: a });
    expect(page.map((s) => s.stream)).toEqual([b]);
    await appended(journal(), outside(b, [{ type: 'note', body: { text: 'x'.repeat(1_000) } }]));
    const grown = journal().streams({ limit: 1, after: a })[0]?.bytes ?? 0;
    expect(grown - (page[0]?.bytes ?? 0)).toBe(1_011);
  });
}
