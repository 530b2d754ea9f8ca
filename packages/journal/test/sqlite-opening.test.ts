import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../src/sqlite/database.js';
import { holdStorageRoot, openSqliteJournal } from '../src/sqlite/index.js';
import {
  CONTRACT_OPTIONS,
  appended,
  freshStream,
  note,
  outside,
  put,
  readWhole,
} from '../src/contract/subject.js';
import { openFile, temporaryFolder } from './support.js';

function pragma(path: string, sql: string): unknown {
  const db = openDatabase(path, { readOnly: false });
  try {
    return db.prepare(`PRAGMA ${sql}`).get();
  } finally {
    db.close();
  }
}

it('an empty file of version 0 is migrated, twice to the same', async () => {
  const path = join(await temporaryFolder(), 'journal.db');
  await writeFile(path, '');
  expect(pragma(path, 'user_version')).toEqual({ user_version: 0 });
  const journal = await openFile(path);
  const stream = freshStream();
  await appended(journal, outside(stream, [note(1)]));
  await journal.close();
  expect(pragma(path, 'user_version')).toEqual({ user_version: 1 });
  expect(readWhole(await openFile(path), stream)).toHaveLength(1);
});

it('what is made in the storage root is for its owner only', async () => {
  const folder = await temporaryFolder();
  const lock = holdStorageRoot(folder);
  onTestFinished(() => lock.release());
  const journal = await openFile(join(folder, 'journal.db'));
  await appended(journal, outside(freshStream(), [note(1)]));
  const modes = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const { mode } = await stat(join(folder, name));
      return `${name} ${(mode & 0o777).toString(8)}`;
    }),
  );
  expect(modes).toEqual(
    expect.arrayContaining(['journal.db 600', 'journal.db-wal 600', 'lock.db 600']),
  );
  expect(modes.filter((mode) => !mode.endsWith(' 600'))).toEqual([]);
});

it('a new file is made with a log and with free pages that can be given back', async () => {
  const path = join(await temporaryFolder(), 'journal.db');
  const journal = await openFile(path);
  await journal.close();
  expect(pragma(path, 'journal_mode')).toEqual({ journal_mode: 'wal' });
  expect(pragma(path, 'auto_vacuum')).toEqual({ auto_vacuum: 2 });
});

it('compacting after a deletion makes the file smaller', async () => {
  const path = join(await temporaryFolder(), 'journal.db');
  const journal = await openFile(path);
  const stream = freshStream();
  const text = 'x'.repeat(1_000_000);
  await appended(journal, outside(stream, [{ type: 'note', body: { text } }]));
  const pages = () => {
    const db = openDatabase(path, { readOnly: true });
    try {
      return Number(Object.values(db.prepare('PRAGMA page_count').get() ?? {})[0]);
    } finally {
      db.close();
    }
  };
  const full = pages();
  await journal.deleteStream(stream);
  await journal.compact();
  expect(pages()).toBeLessThan(full - 200);
});

it('a file of a newer release is refused by name, and is left as it is', async () => {
  const path = join(await temporaryFolder(), 'journal.db');
  await (await openFile(path)).close();
  pragma(path, 'user_version = 99');
  await expect(openSqliteJournal(path, CONTRACT_OPTIONS)).rejects.toMatchObject({
    name: 'FabroError',
    code: 'storage_corrupt',
    message: `${path}: written by a newer release (schema 99, this release knows 1). Upgrade Fabro.`,
  });
  expect(pragma(path, 'user_version')).toEqual({ user_version: 99 });
});

it('after closing, the file alone is the whole journal', async () => {
  const folder = await temporaryFolder();
  const journal = await openFile(join(folder, 'journal.db'));
  const stream = freshStream();
  await appended(journal, outside(stream, [put('a', {})]));
  expect(readWhole(journal, stream)).toHaveLength(1);
  expect((await stat(join(folder, 'journal.db-wal'))).size).toBeGreaterThan(0);
  await journal.close();
  await copyFile(join(folder, 'journal.db'), join(folder, 'copy.db'));
  expect(readWhole(await openFile(join(folder, 'copy.db')), stream)).toHaveLength(1);
});

it('a path that cannot be a file is refused as unwritable, by name', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), 'not a folder');
  await mkdir(join(folder, 'folder'));
  for (const path of [join(folder, 'file', 'journal.db'), join(folder, 'folder')])
    await expect(openSqliteJournal(path, CONTRACT_OPTIONS)).rejects.toMatchObject({
      code: 'storage_unwritable',
      message: expect.stringContaining(path),
    });
  expect(() => holdStorageRoot(join(folder, 'file'))).toThrow(
    expect.objectContaining({
      code: 'storage_unwritable',
      message: expect.stringContaining(join(folder, 'file', 'lock.db')),
    }),
  );
});

it('a table whose name is no plain identifier is refused before the file is touched', async () => {
  const folder = await temporaryFolder();
  const table = { name: 'x; DROP TABLE events', key: {}, columns: {} };
  await expect(
    openSqliteJournal(join(folder, 'journal.db'), {
      projections: [{ name: 'bad', version: 1, tables: [table], apply: () => [] }],
    }),
  ).rejects.toThrow(/plain lower-case identifier/);
  expect(await readdir(folder)).toEqual([]);
});

it('a row change that does not fit its table fails the append and nothing else', async () => {
  const path = join(await temporaryFolder(), 'journal.db');
  const table = { name: 'item', key: { id: 'text' }, columns: { state: 'text' } } as const;
  const journal = await openFile(path, {
    projections: [
      {
        name: 'bad',
        version: 1,
        tables: [table],
        apply: (event) =>
          event.type === 'bad'
            ? [{ op: 'upsert', table: 'item', key: { id: 'a' }, set: { nowhere: 1 } }]
            : [],
      },
    ],
  });
  const stream = freshStream();
  const [bad, good] = await Promise.allSettled([
    journal.append(outside(stream, [note(1), { type: 'bad', body: {} }])),
    journal.append(outside(stream, [note(2)])),
  ]);
  expect(bad).toMatchObject({
    status: 'rejected',
    reason: { message: 'a row change sets "nowhere"; table "item" has no such column' },
  });
  expect(good).toMatchObject({ status: 'fulfilled', value: { firstSeq: 1 } });
  expect(journal.health).toEqual({ writable: true });
});
