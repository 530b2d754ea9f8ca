import { expect, it } from 'vitest';
import type { Journal } from '../port.js';
import { appended, freshStream, note, outside, owner } from './subject.js';

/** The right to append, with an epoch that only grows. */
export function leasing(journal: () => Journal): void {
  const acquire = (
    stream: ReturnType<typeof freshStream>,
    holder: string,
    nowMs: number,
    takeOver = false,
  ) => journal().acquireLease(stream, { holder, nowMs, ttlMs: 100, takeOver });

  it('a free lease is given with epoch 1, also on a stream without events', async () => {
    const stream = freshStream();
    expect(await acquire(stream, 'a', 1_000)).toEqual({ ok: true, epoch: 1 });
    expect(await journal().append(owner(stream, 1, [note(1)]))).toMatchObject({ ok: true });
  });

  it('a held lease is refused to others, who learn the holder and the end', async () => {
    const stream = freshStream();
    await acquire(stream, 'a', 1_000);
    expect(await acquire(stream, 'b', 1_099)).toEqual({
      ok: false,
      holder: 'a',
      expiresAt: 1_100,
    });
    expect(await journal().append(owner(stream, 1, [note(1)]))).toMatchObject({ ok: true });
  });

  it('the same holder gets it again with a new epoch', async () => {
    const stream = freshStream();
    await acquire(stream, 'a', 1_000);
    expect(await acquire(stream, 'a', 1_001)).toEqual({ ok: true, epoch: 2 });
  });

  it('an expired lease goes to whoever asks, and the old owner is fenced off', async () => {
    const stream = freshStream();
    await acquire(stream, 'a', 1_000);
    expect(await acquire(stream, 'b', 1_100)).toEqual({ ok: true, epoch: 2 });
    expect(await journal().append(owner(stream, 1, [note(1)]))).toEqual({
      ok: false,
      reason: 'lease_lost',
      epoch: 2,
    });
  });

  it('an expired lease that nobody took still appends', async () => {
    const stream = freshStream();
    await acquire(stream, 'a', 0);
    expect(await journal().append(owner(stream, 1, [note(1)]))).toMatchObject({ ok: true });
  });

  it('takeOver takes a lease that is held', async () => {
    const stream = freshStream();
    await acquire(stream, 'a', 1_000);
    expect(await acquire(stream, 'b', 1_001, true)).toEqual({ ok: true, epoch: 2 });
    expect(await journal().append(owner(stream, 1, [note(1)]))).toMatchObject({
      ok: false,
      reason: 'lease_lost',
    });
  });

  it('renewing moves the end; with an old epoch it is refused and moves nothing', async () => {
    const stream = freshStream();
    await acquire(stream, 'a', 1_000);
    expect(await journal().renewLease(stream, { epoch: 1, expiresAt: 5_000 })).toBe(true);
    expect(await acquire(stream, 'b', 4_999)).toEqual({ ok: false, holder: 'a', expiresAt: 5_000 });
    await acquire(stream, 'b', 5_000);
    expect(await journal().renewLease(stream, { epoch: 1, expiresAt: 9_000 })).toBe(false);
    expect(await acquire(stream, 'c', 5_100)).toEqual({ ok: true, epoch: 3 });
  });

  it('a lease of an unknown stream cannot be renewed', async () => {
    expect(await journal().renewLease(freshStream(), { epoch: 1, expiresAt: 1 })).toBe(false);
  });

  it('a released lease is free at once; releasing with an old epoch does nothing', async () => {
    const stream = freshStream();
    await acquire(stream, 'a', 1_000);
    await journal().releaseLease(stream, 1);
    expect(await journal().renewLease(stream, { epoch: 1, expiresAt: 9_000 })).toBe(false);
    expect(await acquire(stream, 'b', 1_001)).toEqual({ ok: true, epoch: 2 });
    await journal().releaseLease(stream, 1);
    expect(await acquire(stream, 'c', 1_002)).toMatchObject({ ok: false, holder: 'b' });
  });

  it('one of many who ask at once gets it', async () => {
    const stream = freshStream();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => acquire(stream, `holder ${i}`, 1_000)),
    );
    expect(results.filter((r) => r.ok)).toEqual([{ ok: true, epoch: 1 }]);
  });

  it('appends from outside ask for no lease and take none away', async () => {
    const stream = freshStream();
    await acquire(stream, 'a', 1_000);
    await appended(journal(), outside(stream, [note(1)]));
    expect(await journal().append(owner(stream, 1, [note(2)]))).toMatchObject({ firstSeq: 2 });
  });
}
