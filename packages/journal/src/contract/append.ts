import { expect, it } from 'vitest';
import {
  MAX_APPEND_BYTES,
  MAX_APPEND_EVENTS,
  MAX_BLOB_BYTES,
  MAX_EVENT_BYTES,
  MAX_SNAPSHOT_BYTES,
} from '../limits.js';
import { blobOf } from '../blob.js';
import type { Journal, Precondition } from '../port.js';
import {
  appended,
  freshStream,
  lease,
  note,
  outside,
  owner,
  parsed,
  put,
  readWhole,
  seq,
} from './subject.js';

/** Who may append, in which order, and what a refused append leaves behind: nothing. */
export function appending(journal: () => Journal): void {
  it('numbers the events of each stream from 1 without gaps', async () => {
    const [a, b] = [freshStream(), freshStream()];
    expect(await journal().append(outside(a, [note(1), note(2)]))).toEqual({
      ok: true,
      firstSeq: 1,
      lastSeq: 2,
    });
    expect(await journal().append(outside(b, [note(1)]))).toEqual({
      ok: true,
      firstSeq: 1,
      lastSeq: 1,
    });
    expect(await journal().append(outside(a, [note(3)]))).toEqual({
      ok: true,
      firstSeq: 3,
      lastSeq: 3,
    });
    expect(readWhole(journal(), a).map((e) => e.seq)).toEqual([1, 2, 3]);
    expect(journal().lastSeq(a)).toBe(3);
  });

  it('commits the pipelined appends of one caller in the order of the calls', async () => {
    const stream = freshStream();
    const epoch = await lease(journal(), stream);
    const numbers = Array.from({ length: 200 }, (_, i) => i + 1);
    const results = await Promise.all(
      numbers.map((n) => journal().append(owner(stream, epoch, [note(n)]))),
    );
    expect(results).toEqual(numbers.map((n) => ({ ok: true, firstSeq: n, lastSeq: n })));
    expect(readWhole(journal(), stream).map(parsed)).toEqual(numbers.map((n) => ({ seq: n, n })));
  });

  it('refuses an owner whose epoch is not the newest and tells the newest', async () => {
    const stream = freshStream();
    const old = await lease(journal(), stream);
    const newest = await lease(journal(), stream);
    expect(newest).toBe(old + 1);
    expect(await journal().append(owner(stream, old, [note(1)]))).toEqual({
      ok: false,
      reason: 'lease_lost',
      epoch: newest,
    });
    expect(await journal().append(owner(stream, newest + 1, [note(1)]))).toEqual({
      ok: false,
      reason: 'lease_lost',
      epoch: newest,
    });
    expect(journal().lastSeq(stream)).toBe(0);
  });

  it('an owner epoch on a stream that nobody leased is refused with epoch 0', async () => {
    const stream = freshStream();
    expect(await journal().append(owner(stream, 1, [note(1)]))).toEqual({
      ok: false,
      reason: 'lease_lost',
      epoch: 0,
    });
  });

  it('tells who appended: the owner or somebody outside', async () => {
    const stream = freshStream();
    const epoch = await lease(journal(), stream);
    await appended(journal(), owner(stream, epoch, [note(1)]));
    await appended(journal(), outside(stream, [note(2)]));
    expect(readWhole(journal(), stream).map((e) => e.origin)).toEqual(['owner', 'outside']);
  });

  it('stream_empty lets the first appender win and tells the second how many events there are', async () => {
    const stream = freshStream();
    const empty: Precondition = { kind: 'stream_empty' };
    const results = await Promise.all([
      journal().append(outside(stream, [note(1), note(2)], [empty])),
      journal().append(outside(stream, [note('late')], [empty])),
    ]);
    expect(results).toEqual([
      { ok: true, firstSeq: 1, lastSeq: 2 },
      { ok: false, reason: 'precondition_failed', precondition: empty, actual: 2 },
    ]);
    expect(journal().lastSeq(stream)).toBe(2);
  });

  it('stream_exists refuses an unknown stream, which stays unknown, and accepts a known one', async () => {
    const stream = freshStream();
    const exists: Precondition = { kind: 'stream_exists' };
    expect(await journal().append(outside(stream, [note(1)], [exists]))).toEqual({
      ok: false,
      reason: 'precondition_failed',
      precondition: exists,
      actual: undefined,
    });
    expect(
      journal()
        .streams({ limit: 1_000 })
        .map((s) => s.stream),
    ).not.toContain(stream);
    await appended(journal(), outside(stream, [note(1)]));
    expect(await journal().append(outside(stream, [note(2)], [exists]))).toMatchObject({
      ok: true,
    });
  });

  it('a row precondition lets one of two answers win and tells the other what was there', async () => {
    const stream = freshStream();
    await appended(journal(), outside(stream, [put('q', { state: 'open' })]));
    const open: Precondition = {
      kind: 'row',
      table: 'item',
      key: { id: 'q' },
      column: 'state',
      in: ['open', 'asked'],
    };
    const answer = (by: string) =>
      journal().append(outside(stream, [put('q', { state: `answered by ${by}` })], [open]));
    expect(await Promise.all([answer('ann'), answer('bob')])).toEqual([
      { ok: true, firstSeq: 2, lastSeq: 2 },
      { ok: false, reason: 'precondition_failed', precondition: open, actual: 'answered by ann' },
    ]);
  });

  it('a row precondition tells a missing row (undefined) from an empty cell (null)', async () => {
    const stream = freshStream();
    const is = (id: string, value: string | null): Precondition => ({
      kind: 'row',
      table: 'item',
      key: { id },
      column: 'state',
      in: [value],
    });
    const missing = is('nowhere', null);
    const refused = { ok: false, reason: 'precondition_failed' };
    expect(await journal().append(outside(stream, [note(1)], [missing]))).toEqual({
      ...refused,
      precondition: missing,
      actual: undefined,
    });
    await appended(journal(), outside(stream, [put('blank', {})]));
    expect(await journal().append(outside(stream, [note(1)], [missing]))).toEqual({
      ...refused,
      precondition: missing,
      actual: undefined,
    });
    const other = is('blank', 'open');
    expect(await journal().append(outside(stream, [note(1)], [other]))).toEqual({
      ...refused,
      precondition: other,
      actual: null,
    });
    expect(await journal().append(outside(stream, [note(1)], [is('blank', null)]))).toMatchObject({
      ok: true,
    });
  });

  it('checks every precondition and names the first that fails', async () => {
    const stream = freshStream();
    await appended(journal(), outside(stream, [put('a', { count: 1 })]));
    const row = (value: number): Precondition => ({
      kind: 'row',
      table: 'item',
      key: { id: 'a' },
      column: 'count',
      in: [value],
    });
    const result = await journal().append(
      outside(stream, [note(1)], [{ kind: 'stream_exists' }, row(1), row(2), row(3)]),
    );
    expect(result).toEqual({
      ok: false,
      reason: 'precondition_failed',
      precondition: row(2),
      actual: 1,
    });
    expect(journal().lastSeq(stream)).toBe(1);
  });

  it('a refused append never fails its neighbours in a batch', async () => {
    const stream = freshStream();
    const epoch = await lease(journal(), stream);
    const huge = { type: 'note', body: { text: 'x'.repeat(MAX_EVENT_BYTES) } };
    const outcomes = await Promise.all(
      Array.from({ length: 240 }, async (_, i) => {
        switch (i % 4) {
          case 0:
            return journal().append(owner(stream, epoch, [note(i)]));
          case 1:
            return journal().append(owner(stream, epoch + 7, [note(i)]));
          case 2:
            return journal().append(outside(stream, [note(i)], [{ kind: 'stream_empty' }]));
          default:
            return journal()
              .append(owner(stream, epoch, [huge]))
              .catch((error: unknown) => ({ thrown: error }));
        }
      }),
    );
    outcomes.forEach((outcome, i) => {
      if (i % 4 === 0)
        expect(outcome).toEqual({ ok: true, firstSeq: i / 4 + 1, lastSeq: i / 4 + 1 });
      else if (i % 4 === 1) expect(outcome).toMatchObject({ ok: false, reason: 'lease_lost' });
      else if (i % 4 === 2)
        expect(outcome).toMatchObject({ ok: false, reason: 'precondition_failed' });
      else expect(outcome).toMatchObject({ thrown: { code: 'too_large' } });
    });
    expect(readWhole(journal(), stream).map(parsed)).toEqual(
      Array.from({ length: 60 }, (_, i) => ({ seq: i + 1, n: i * 4 })),
    );
  });

  it('an append that names an undeclared table is an error, leaves no trace, and its neighbours go on', async () => {
    const stream = freshStream();
    const nowhere: Precondition = {
      kind: 'row',
      table: 'no_such_table',
      key: {},
      column: 'x',
      in: [1],
    };
    await appended(journal(), outside(stream, [note(1)]));
    const [bad, good] = await Promise.allSettled([
      journal().append(outside(stream, [note('bad')], [nowhere])),
      journal().append(outside(stream, [note(2)])),
    ]);
    expect(bad.status).toBe('rejected');
    expect(good).toMatchObject({ status: 'fulfilled', value: { ok: true, firstSeq: 2 } });
    expect(readWhole(journal(), stream).map(parsed)).toEqual([
      { seq: 1, n: 1 },
      { seq: 2, n: 2 },
    ]);
  });

  it('events may be absent when only a blob or a snapshot is stored', async () => {
    const stream = freshStream();
    await appended(journal(), outside(stream, [note(1)]));
    const blob = blobOf(Buffer.from('only a blob'));
    expect(await journal().append({ ...outside(stream, []), blobs: [blob] })).toMatchObject({
      ok: true,
      lastSeq: 1,
    });
    expect(journal().refersTo(stream, blob.hash)).toBe(true);
    expect(journal().lastSeq(stream)).toBe(1);
  });

  it('what is past a limit is too_large and is not stored', async () => {
    const stream = freshStream();
    const tooLarge = { name: 'FabroError', code: 'too_large' };
    const base = outside(stream, []);
    const text = (n: number, c = 'x') => ({ type: 'note', body: { text: c.repeat(n) } });
    await expect(journal().append(outside(stream, [text(MAX_EVENT_BYTES)]))).rejects.toMatchObject(
      tooLarge,
    );
    // Half as many characters, but each of two bytes.
    await expect(
      journal().append(outside(stream, [text(MAX_EVENT_BYTES / 2, 'é')])),
    ).rejects.toMatchObject(tooLarge);
    await expect(
      journal().append(
        outside(
          stream,
          Array.from({ length: MAX_APPEND_EVENTS + 1 }, () => note(1)),
        ),
      ),
    ).rejects.toMatchObject(tooLarge);
    const bytes = new Uint8Array(MAX_BLOB_BYTES + 1);
    const { hash } = blobOf(new Uint8Array(1));
    await expect(journal().append({ ...base, blobs: [{ hash, bytes }] })).rejects.toMatchObject(
      tooLarge,
    );
    const full = bytes.subarray(1);
    await expect(
      journal().append({
        ...base,
        blobs: Array.from({ length: MAX_APPEND_BYTES / MAX_BLOB_BYTES + 1 }, () => ({
          hash,
          bytes: full,
        })),
      }),
    ).rejects.toMatchObject(tooLarge);
    await expect(
      journal().append({
        ...base,
        snapshot: { version: 1, seq: seq(0), body: 'x'.repeat(MAX_SNAPSHOT_BYTES + 1) },
      }),
    ).rejects.toMatchObject(tooLarge);
    expect(journal().lastSeq(stream)).toBe(0);
    expect(journal().blob(hash)).toBeUndefined();
  });

  it('an append of the most events that are allowed is one transaction', async () => {
    const stream = freshStream();
    const events = Array.from({ length: MAX_APPEND_EVENTS }, (_, i) => note(i));
    expect(await journal().append(outside(stream, events))).toEqual({
      ok: true,
      firstSeq: 1,
      lastSeq: MAX_APPEND_EVENTS,
    });
  });

  it('says that it is writable', () => {
    expect(journal().health).toEqual({ writable: true });
  });
}
