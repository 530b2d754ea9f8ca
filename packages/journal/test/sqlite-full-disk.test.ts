import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { messageOf } from '@fabro/protocol';
import { openSqliteJournal } from '../src/sqlite/index.js';
import {
  CONTRACT_OPTIONS,
  appended,
  freshStream,
  note,
  outside,
  readWhole,
} from '../src/contract/subject.js';
import { openFile, temporaryFolder } from './support.js';

/** A file system of 2 MB; a string says why there is none. */
async function smallDisk(): Promise<{ folder: string } | string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'mounting a tmpfs needs root on Linux';
  const folder = await temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    return `no tmpfs can be mounted: ${messageOf(error)}`;
  }
  onTestFinished(() => {
    // Lazily: a closed connection may keep its file until it is collected.
    execFileSync('umount', ['-l', folder]);
  });
  return { folder };
}

/** Takes what is free but for some bytes. */
function fill(folder: string, leave: number): string {
  const { bavail, bsize } = statfsSync(folder);
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leave)));
  return ballast;
}

const full = (path: string) => ({
  name: 'FabroError',
  code: 'storage_full',
  message: expect.stringContaining(path),
});

describe('on a full disk', () => {
  it('appends are refused, reading goes on, and appends work again once there is space', async ({
    skip,
  }) => {
    const disk = await smallDisk();
    if (typeof disk === 'string') return skip(disk);
    const path = join(disk.folder, 'journal.db');
    const stream = freshStream();
    const journal = await openFile(path);
    await appended(journal, outside(stream, [note(1)]));
    const large = { type: 'note', body: { text: 'x'.repeat(100_000) } };
    await appended(journal, outside(stream, [large]));
    const ballast = fill(disk.folder, 16_384);

    const results = await Promise.allSettled([
      journal.append(outside(stream, [large])),
      journal.append(outside(stream, [large])),
    ]);
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: full(path) });
    expect(journal.health).toEqual({ writable: false, reason: expect.stringContaining(path) });
    expect(readWhole(journal, stream)).toHaveLength(2);

    // Past the quiet time after which the log would be written back, for which there is no space either.
    await pause(400);
    await expect(journal.append(outside(stream, [large]))).rejects.toMatchObject(full(path));
    expect(readWhole(journal, stream)).toHaveLength(2);

    rmSync(ballast);
    expect(await journal.append(outside(stream, [large]))).toEqual({
      ok: true,
      firstSeq: 3,
      lastSeq: 3,
    });
    expect(journal.health).toEqual({ writable: true });
    await journal.close();
    expect(readWhole(await openFile(path), stream)).toHaveLength(3);
  });

  it('a small append fits beside a large one that does not', async ({ skip }) => {
    const disk = await smallDisk();
    if (typeof disk === 'string') return skip(disk);
    const stream = freshStream();
    const journal = await openFile(join(disk.folder, 'journal.db'));
    await appended(journal, outside(stream, [note(1)]));
    fill(disk.folder, 200_000);
    const large = { type: 'note', body: { text: 'x'.repeat(1_000_000) } };
    const [refused, accepted] = await Promise.allSettled([
      journal.append(outside(stream, [large])),
      journal.append(outside(stream, [note(2)])),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'storage_full' } });
    expect(accepted).toMatchObject({ status: 'fulfilled', value: { ok: true, firstSeq: 2 } });
    expect(journal.health).toEqual({ writable: true });
  });

  it('a journal cannot be created, and the refusal says why', async ({ skip }) => {
    const disk = await smallDisk();
    if (typeof disk === 'string') return skip(disk);
    fill(disk.folder, 8_192);
    const path = join(disk.folder, 'journal.db');
    await expect(openSqliteJournal(path, CONTRACT_OPTIONS)).rejects.toMatchObject(full(path));
  });
});
