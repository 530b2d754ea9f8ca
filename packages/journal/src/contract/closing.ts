import { expect, it } from 'vitest';
import { FabroError } from '@fabro/protocol';
import { blobOf } from '../blob.js';
import {
  CONTRACT_OPTIONS,
  type OpenForContract,
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

/** The end of a journal, and what outlives it. */
export function closing(open: OpenForContract): void {
  it('close waits for the appends that were queued', async () => {
    const opened = await open(CONTRACT_OPTIONS);
    try {
      const stream = freshStream();
      const results = Array.from({ length: 50 }, (_, i) =>
        opened.journal.append(outside(stream, [note(i)])),
      );
      await opened.journal.close();
      expect((await Promise.all(results)).every((r) => r.ok)).toBe(true);
    } finally {
      await opened.dispose();
    }
  });

  it('after close every call is unavailable, and closing again does nothing', async () => {
    const opened = await open(CONTRACT_OPTIONS);
    try {
      const { journal } = opened;
      const stream = freshStream();
      await appended(journal, outside(stream, [note(1)]));
      await Promise.all([journal.close(), journal.close()]);
      await journal.close();
      const unavailable = { name: 'FabroError', code: 'unavailable' };
      const { hash } = blobOf(new Uint8Array());
      const asked = { holder: 'me', nowMs: 0, ttlMs: 1 };
      for (const call of [
        () => journal.append(outside(stream, [note(2)])),
        () => journal.acquireLease(stream, asked),
        () => journal.renewLease(stream, { epoch: 1, expiresAt: 1 }),
        () => journal.releaseLease(stream, 1),
        () => journal.deleteStream(stream),
        () => journal.compact(),
      ])
        await expect(call()).rejects.toMatchObject(unavailable);
      for (const call of [
        () => journal.read(stream, { after: seq(0), limit: 1 }),
        () => journal.readAll({ afterPosition: 0, limit: 1 }),
        () => journal.lastSeq(stream),
        () => journal.lastPosition(),
        () => journal.snapshot(stream),
        () => journal.blob(hash),
        () => journal.refersTo(stream, hash),
        () => journal.select({ table: 'item', limit: 1 }),
        () => journal.count({ table: 'item' }),
        () => journal.streams({ limit: 1 }),
      ]) {
        expect(call).toThrow(FabroError);
        expect(call).toThrow(expect.objectContaining(unavailable));
      }
    } finally {
      await opened.dispose();
    }
  });

  it('close ends the subscriptions, waiting or not', async () => {
    const opened = await open(CONTRACT_OPTIONS);
    try {
      const { journal } = opened;
      const stream = freshStream();
      await appended(journal, outside(stream, [note(1)]));
      const { signal } = new AbortController();
      const follow = (after: number) =>
        journal.subscribe(stream, { after: seq(after), signal })[Symbol.asyncIterator]();
      const [busy, waiting] = [follow(0), follow(1)];
      const all = journal
        .subscribeAll({ afterPosition: journal.lastPosition(), signal })
        [Symbol.asyncIterator]();
      expect((await busy.next()).value).toHaveLength(1);
      const pending = [waiting.next(), all.next()];
      await journal.close();
      const done = { done: true, value: undefined };
      expect(await Promise.all([...pending, busy.next(), follow(0).next()])).toEqual([
        done,
        done,
        done,
        done,
      ]);
    } finally {
      await opened.dispose();
    }
  });

  it('what was appended is there after opening again, if the adapter stores at all', async ({
    skip,
  }) => {
    const opened = await open(CONTRACT_OPTIONS);
    try {
      if (opened.reopen === undefined) return skip('the adapter keeps nothing after closing');
      const stream = freshStream();
      const blob = blobOf(Buffer.from('kept'));
      const snapshot = { version: 3, seq: seq(2), body: '{"folded":2}' };
      const epoch = await lease(opened.journal, stream);
      await appended(opened.journal, {
        ...owner(stream, epoch, [put('a', { state: 'open', by: 2, mark: true }), note(2)]),
        blobs: [blob],
        snapshot,
      });
      const before = readWhole(opened.journal, stream);
      const position = opened.journal.lastPosition();
      const again = await opened.reopen();
      expect(readWhole(again, stream)).toEqual(before);
      expect(again.lastPosition()).toBe(position);
      expect(again.snapshot(stream)).toEqual(snapshot);
      expect(Buffer.from(again.blob(blob.hash) ?? []).toString()).toBe('kept');
      expect(again.refersTo(stream, blob.hash)).toBe(true);
      expect(again.select({ table: 'item', limit: 9 })).toEqual([
        { stream, cells: { id: 'a', state: 'open', count: 2, ratio: null, at_seq: 1 } },
      ]);
      expect(await again.append(owner(stream, epoch, [note(3)]))).toEqual({
        ok: true,
        firstSeq: 3,
        lastSeq: 3,
      });
      expect(await again.acquireLease(stream, { holder: 'other', nowMs: 1, ttlMs: 1 })).toEqual({
        ok: false,
        holder: 'me',
        expiresAt: 1_000,
      });
    } finally {
      await opened.dispose();
    }
  });
}
