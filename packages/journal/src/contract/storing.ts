import { expect, it } from 'vitest';
import { blobOf } from '../blob.js';
import type { Journal } from '../port.js';
import {
  appended,
  freshStream,
  lease,
  note,
  outside,
  owner,
  put,
  readWhole,
  seq,
} from './subject.js';

/** Blobs, snapshots, and what deleting a stream takes away. */
export function storing(journal: () => Journal): void {
  it('a blob is readable by its hash once the append that carries it resolves', async () => {
    const stream = freshStream();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 251);
    const blob = blobOf(bytes);
    expect(journal().blob(blob.hash)).toBeUndefined();
    await appended(journal(), { ...outside(stream, [note(1)]), blobs: [blob] });
    expect(Buffer.compare(journal().blob(blob.hash) ?? new Uint8Array(), bytes)).toBe(0);
    expect(journal().refersTo(stream, blob.hash)).toBe(true);
  });

  it('a blob is what it was when append was called, even if the buffer is used again', async () => {
    const stream = freshStream();
    const buffer = Buffer.from('as it was, in a pooled buffer');
    const blob = blobOf(buffer);
    const done = appended(journal(), { ...outside(stream, [note(1)]), blobs: [blob] });
    buffer.fill(0);
    await done;
    expect(Buffer.from(journal().blob(blob.hash) ?? []).toString()).toBe(
      'as it was, in a pooled buffer',
    );
  });

  it('an empty blob is a blob', async () => {
    const blob = blobOf(new Uint8Array());
    await appended(journal(), { ...outside(freshStream(), []), blobs: [blob] });
    expect(journal().blob(blob.hash)).toHaveLength(0);
  });

  it('streams share a blob; one that never named it does not refer to it', async () => {
    const [a, b, c] = [freshStream(), freshStream(), freshStream()];
    const blob = blobOf(Buffer.from('shared by two'));
    for (const stream of [a, b, a])
      await appended(journal(), { ...outside(stream, [note(1)]), blobs: [blob] });
    expect([a, b, c].map((s) => journal().refersTo(s, blob.hash))).toEqual([true, true, false]);
  });

  it('a refused append stores no blob and no snapshot', async () => {
    const stream = freshStream();
    await appended(journal(), outside(stream, [note(1)]));
    const blob = blobOf(Buffer.from(`refused with ${stream}`));
    const result = await journal().append({
      ...outside(stream, [note(2)], [{ kind: 'stream_empty' }]),
      blobs: [blob],
      snapshot: { version: 1, seq: seq(1), body: '{}' },
    });
    expect(result.ok).toBe(false);
    expect(journal().blob(blob.hash)).toBeUndefined();
    expect(journal().refersTo(stream, blob.hash)).toBe(false);
    expect(journal().snapshot(stream)).toBeUndefined();
  });

  it('a newer snapshot replaces the older one', async () => {
    const stream = freshStream();
    const first = { version: 1, seq: seq(1), body: '{"at":1}' };
    const second = { version: 2, seq: seq(2), body: '{"at":"zwei ✌ \\u0000"}' };
    await appended(journal(), { ...outside(stream, [note(1)]), snapshot: first });
    expect(journal().snapshot(stream)).toEqual(first);
    await appended(journal(), { ...outside(stream, [note(2)]), snapshot: second });
    expect(journal().snapshot(stream)).toEqual(second);
    await appended(journal(), outside(stream, [note(3)]));
    expect(journal().snapshot(stream)).toEqual(second);
  });

  it('deleting a stream removes events, rows, snapshot, lease and its own blobs, and nothing else', async () => {
    const [gone, kept] = [freshStream(), freshStream()];
    const own = blobOf(Buffer.from(`own of ${gone}`));
    const shared = blobOf(Buffer.from(`shared by ${gone} and ${kept}`));
    const start = journal().lastPosition();
    const epoch = await lease(journal(), gone);
    await appended(journal(), {
      ...owner(gone, epoch, [put('x', { state: 'here' }), note(2)]),
      blobs: [own, shared],
      snapshot: { version: 1, seq: seq(2), body: '{}' },
    });
    await appended(journal(), {
      ...outside(kept, [put('x', { state: 'there' })]),
      blobs: [shared],
    });
    await journal().deleteStream(gone);

    expect(readWhole(journal(), gone)).toEqual([]);
    expect(journal().lastSeq(gone)).toBe(0);
    expect(journal().snapshot(gone)).toBeUndefined();
    expect(journal().blob(own.hash)).toBeUndefined();
    expect(journal().refersTo(gone, shared.hash)).toBe(false);
    expect(
      journal()
        .streams({ limit: 1_000 })
        .map((s) => s.stream),
    ).not.toContain(gone);
    expect(await journal().append(owner(gone, epoch, [note(3)]))).toMatchObject({
      ok: false,
      reason: 'lease_lost',
    });

    expect(readWhole(journal(), kept)).toHaveLength(1);
    expect(Buffer.from(journal().blob(shared.hash) ?? []).toString()).toContain('shared by');
    expect(
      journal().select({
        table: 'item',
        where: [{ column: 'stream', in: [gone, kept] }],
        limit: 10,
      }),
    ).toMatchObject([{ stream: kept, cells: { id: 'x', state: 'there' } }]);
    expect(
      journal()
        .readAll({ afterPosition: start, limit: 10 })
        .map((e) => e.stream),
    ).toEqual([kept]);
    await journal().deleteStream(kept);
    expect(journal().blob(shared.hash)).toBeUndefined();
  });

  it('a deleted stream may begin anew with number 1, at a new position', async () => {
    const stream = freshStream();
    await appended(journal(), outside(stream, [note(1), note(2)]));
    const before = journal().lastPosition();
    await journal().deleteStream(stream);
    expect(
      await journal().append(outside(stream, [note('new')], [{ kind: 'stream_empty' }])),
    ).toEqual({ ok: true, firstSeq: 1, lastSeq: 1 });
    expect(journal().lastPosition()).toBeGreaterThan(before);
  });

  it('deleting an unknown stream and compacting are no errors', async () => {
    await journal().deleteStream(freshStream());
    await journal().compact();
    expect(journal().health).toEqual({ writable: true });
  });
}
