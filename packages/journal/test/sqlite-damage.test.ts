import { copyFile, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../src/sqlite/database.js';
import { openSqliteJournal } from '../src/sqlite/index.js';
import {
  CONTRACT_OPTIONS,
  appended,
  freshStream,
  note,
  outside,
  parsed,
  put,
  readWhole,
} from '../src/contract/subject.js';
import { openFile, temporaryFolder } from './support.js';

const PAGE = 4_096;

/** A copy of a closed journal with some hundred pages, and its stream. */
async function filledFile() {
  const folder = await temporaryFolder();
  const path = join(folder, 'journal.db');
  const stream = freshStream();
  const journal = await openFile(join(folder, 'original.db'));
  for (let part = 0; part < 4; part++)
    await appended(
      journal,
      outside(
        stream,
        Array.from({ length: 500 }, (_, i) => put(`row ${part} ${i}`, { state: 's'.repeat(300) })),
      ),
    );
  await journal.close();
  await copyFile(join(folder, 'original.db'), path);
  return { path, stream };
}

async function flip(path: string, from: number, length: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, from);
    await file.write(
      bytes.map((b) => b ^ 0xff),
      0,
      length,
      from,
    );
  } finally {
    await file.close();
  }
}

/** Where the pages of a table or index begin in the file. */
function rootOf(path: string, name: string): number {
  const db = openDatabase(path, { readOnly: true });
  try {
    const row = db.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').get(name) as {
      rootpage: number;
    };
    return (row.rootpage - 1) * PAGE;
  } finally {
    db.close();
  }
}

const corrupt = (path: string) => ({
  name: 'FabroError',
  code: 'storage_corrupt',
  message: expect.stringContaining(path),
});

describe('a damaged file is refused by name', () => {
  it('when its header is garbage', async () => {
    const { path } = await filledFile();
    await flip(path, 0, 100);
    await expect(openSqliteJournal(path, CONTRACT_OPTIONS)).rejects.toMatchObject(corrupt(path));
  });

  it('when it is no database at all', async () => {
    const path = join(await temporaryFolder(), 'journal.db');
    await writeFile(path, 'These are notes about a journal.\n'.repeat(200));
    await expect(openSqliteJournal(path, CONTRACT_OPTIONS)).rejects.toMatchObject(corrupt(path));
    expect(await readFile(path, 'utf8')).toBe('These are notes about a journal.\n'.repeat(200));
  });

  it('when it was cut off, at a page or within one', async () => {
    for (const cut of [PAGE * 20, PAGE * 20 + 1_000, 1_000]) {
      const { path } = await filledFile();
      await truncate(path, cut);
      await expect(openSqliteJournal(path, CONTRACT_OPTIONS)).rejects.toMatchObject(corrupt(path));
    }
  });

  it('when bytes of the schema or of the streams are flipped', async () => {
    for (const place of ['schema', 'streams'] as const) {
      const { path } = await filledFile();
      await flip(path, place === 'schema' ? 100 : rootOf(path, place), PAGE - 100);
      await expect(openSqliteJournal(path, CONTRACT_OPTIONS)).rejects.toMatchObject(corrupt(path));
    }
  });

  it('when bytes of the events are flipped: what reads or appends them says so', async () => {
    const { path, stream } = await filledFile();
    await flip(path, rootOf(path, 'events'), PAGE);
    const journal = await openFile(path);
    expect(() => readWhole(journal, stream)).toThrow(expect.objectContaining(corrupt(path)));
    expect(() => journal.readAll({ afterPosition: 0, limit: 10 })).toThrow(
      expect.objectContaining(corrupt(path)),
    );
    await expect(journal.append(outside(stream, [note(1)]))).rejects.toMatchObject(corrupt(path));
    expect(journal.health).toEqual({
      writable: false,
      reason: expect.stringContaining(path),
    });
    const { signal } = new AbortController();
    const live = journal.subscribeAll({ afterPosition: 0, signal })[Symbol.asyncIterator]();
    await expect(live.next()).rejects.toMatchObject(corrupt(path));
  });

  it('when bytes in the middle are flipped: reading it all meets them', async () => {
    const { path, stream } = await filledFile();
    const { size } = await stat(path);
    const middle = Math.floor(size / 2 / PAGE) * PAGE;
    await flip(path, middle - 40 * PAGE, 80 * PAGE);
    const readAll = async (): Promise<void> => {
      const journal = await openFile(path);
      readWhole(journal, stream);
      journal.select({ table: 'item', limit: 1_000 });
    };
    await expect(readAll()).rejects.toMatchObject(corrupt(path));
  });
});

describe('a torn end of the log is normal recovery', () => {
  /** Ten appends, with the length of the log after each, and a copy of both files as a crash leaves them. */
  async function crashed() {
    const folder = await temporaryFolder();
    const path = join(folder, 'journal.db');
    const copy = join(folder, 'copy.db');
    const stream = freshStream();
    const journal = await openFile(path);
    const ends: number[] = [];
    for (let n = 1; n <= 10; n++) {
      await appended(journal, outside(stream, [put(`row ${n}`, { count: n })]));
      ends.push((await stat(`${path}-wal`)).size);
    }
    await copyFile(path, copy);
    await copyFile(`${path}-wal`, `${copy}-wal`);
    return { copy, stream, ends };
  }

  async function expectFirst(copy: string, stream: ReturnType<typeof freshStream>, count: number) {
    const journal = await openFile(copy);
    expect(readWhole(journal, stream).map(parsed)).toEqual(
      Array.from({ length: count }, (_, i) => ({ seq: i + 1, id: `row ${i + 1}`, count: i + 1 })),
    );
    expect(journal.count({ table: 'item' })).toBe(count);
    expect(await journal.append(outside(stream, [note('goes on')]))).toEqual({
      ok: true,
      firstSeq: count + 1,
      lastSeq: count + 1,
    });
  }

  it('whole, it has every append', async () => {
    const { copy, stream } = await crashed();
    await expectFirst(copy, stream, 10);
  });

  it('cut off within the last append, it has all before it', async () => {
    const { copy, stream, ends } = await crashed();
    await truncate(`${copy}-wal`, (ends[9] ?? 0) - 1);
    await expectFirst(copy, stream, 9);
  });

  it('cut off right after an append, it has that one', async () => {
    const { copy, stream, ends } = await crashed();
    await truncate(`${copy}-wal`, (ends[6] ?? 0) + 10);
    await expectFirst(copy, stream, 7);
  });

  it('garbled within the eighth append, it has the seven before it', async () => {
    const { copy, stream, ends } = await crashed();
    const from = ends[6] ?? 0;
    await flip(`${copy}-wal`, from + 100, 500);
    await expectFirst(copy, stream, 7);
  });
});
