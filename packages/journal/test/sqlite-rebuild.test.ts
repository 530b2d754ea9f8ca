import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Journal, JournalOptions, Projection, Upcasters } from '../src/index.js';
import { openSqliteJournal } from '../src/sqlite/index.js';
import { REBUILD_BATCH } from '../src/limits.js';
import { SEQ } from '../src/index.js';
import { appended, freshStream, outside, parsed, readWhole } from '../src/contract/subject.js';
import { openFile, temporaryFolder } from './support.js';

/** Counts visits by name; from version 2 on, names are upper case and the last event's number is kept. */
function visits(version: number): Projection {
  return {
    name: 'visits',
    version,
    tables: [
      { name: 'visit', key: { name: 'text' }, columns: { count: 'integer', last: 'integer' } },
    ],
    apply: (event) => {
      const name = event.body['name'];
      if (event.type !== 'visit' || typeof name !== 'string') return [];
      return [
        {
          op: 'upsert',
          table: 'visit',
          key: { name: version === 1 ? name : name.toUpperCase() },
          set: version === 1 ? { count: { increment: 1 } } : { count: { increment: 1 }, last: SEQ },
        },
      ];
    },
  };
}

const upcasters: Upcasters = {
  visit: [
    ({ who, ...rest }) => ({ ...rest, visitor: who ?? null }),
    ({ visitor, ...rest }) => ({ ...rest, name: visitor ?? null }),
  ],
};

const withVersion = (version: number, rest: Partial<JournalOptions> = {}): JournalOptions => ({
  projections: [visits(version)],
  ...rest,
});

function rowsOf(journal: Journal): unknown {
  return journal.select({
    table: 'visit',
    orderBy: [{ column: 'stream' }, { column: 'name' }],
    limit: 1_000,
  });
}

async function fill(journal: Journal, streams: readonly ReturnType<typeof freshStream>[]) {
  for (let part = 0; part < 6; part++)
    for (const stream of streams)
      await appended(
        journal,
        outside(
          stream,
          Array.from({ length: 400 }, (_, i) => ({
            type: 'visit',
            body: { name: `guest ${(i * 7 + part) % 10}` },
          })),
        ),
      );
}

it('a new version of a projection gives the rows that a fresh journal would have', async () => {
  const folder = await temporaryFolder();
  const streams = [freshStream(), freshStream()];
  const old = await openFile(join(folder, 'old.db'), withVersion(1));
  await fill(old, streams);
  expect(old.lastPosition()).toBeGreaterThan(2 * REBUILD_BATCH);
  const before = rowsOf(old);
  await old.close();
  const fresh = await openFile(join(folder, 'fresh.db'), withVersion(2));
  await fill(fresh, streams);

  const rebuilt = await openFile(join(folder, 'old.db'), withVersion(2));
  expect(rowsOf(rebuilt)).toEqual(rowsOf(fresh));
  expect(rowsOf(rebuilt)).not.toEqual(before);
  expect(rowsOf(rebuilt)).toHaveLength(20);
  await fill(rebuilt, streams);
  await fill(fresh, streams);
  expect(rowsOf(rebuilt)).toEqual(rowsOf(fresh));
});

it('the same version is not rebuilt', async () => {
  const path = join(await temporaryFolder(), 'journal.db');
  const journal = await openFile(path, withVersion(1));
  await fill(journal, [freshStream()]);
  const before = rowsOf(journal);
  await journal.close();
  const projection: Projection = {
    ...visits(1),
    apply: () => {
      throw new Error('nothing is to be applied');
    },
  };
  expect(rowsOf(await openFile(path, { projections: [projection] }))).toEqual(before);
});

it('a rebuild that was interrupted begins anew at the next opening', async () => {
  const path = join(await temporaryFolder(), 'journal.db');
  const journal = await openFile(path, withVersion(1));
  await fill(journal, [freshStream(), freshStream()]);
  await journal.close();
  let left = REBUILD_BATCH + 500;
  const interrupted: Projection = {
    ...visits(2),
    apply: (event) => {
      if (left-- === 0) throw new Error('interrupted');
      return visits(2).apply(event, false);
    },
  };
  await expect(openSqliteJournal(path, { projections: [interrupted] })).rejects.toThrow(
    'interrupted',
  );
  const rows = rowsOf(await openFile(path, withVersion(2)));
  expect(rows).toHaveLength(20);
  expect(rows).toContainEqual(
    expect.objectContaining({ cells: { name: 'GUEST 0', count: 240, last: expect.any(Number) } }),
  );
});

it('a projection that was left out for a while knows what was appended meanwhile', async () => {
  const path = join(await temporaryFolder(), 'journal.db');
  const stream = freshStream();
  const visit = { type: 'visit', body: { name: 'ann' } };
  for (const options of [withVersion(1), { projections: [] }]) {
    const journal = await openFile(path, options);
    await appended(journal, outside(stream, [visit]));
    await journal.close();
  }
  expect(rowsOf(await openFile(path, withVersion(1)))).toEqual([
    { stream, cells: { name: 'ann', count: 2, last: null } },
  ]);
});

it('events stored as version 1 are read as version 3, and rows are rebuilt from that', async () => {
  const path = join(await temporaryFolder(), 'journal.db');
  const stream = freshStream();
  const first = await openFile(path, withVersion(1));
  await appended(
    first,
    outside(stream, [
      { type: 'visit', body: { who: 'ann' } },
      { type: 'visit', body: { visitor: 'bob', v: 2 } },
      { type: 'other', body: { who: 'untouched' } },
    ]),
  );
  expect(rowsOf(first)).toEqual([]);
  await first.close();

  const later = await openFile(path, withVersion(2, { upcasters }));
  await appended(later, outside(stream, [{ type: 'visit', body: { name: 'ann', v: 3 } }]));
  expect(readWhole(later, stream).map(parsed)).toEqual([
    { seq: 1, v: 3, name: 'ann' },
    { seq: 2, v: 3, name: 'bob' },
    { seq: 3, who: 'untouched' },
    { seq: 4, v: 3, name: 'ann' },
  ]);
  expect(readWhole(later, stream)).toEqual(later.readAll({ afterPosition: 0, limit: 9 }));
  expect(rowsOf(later)).toEqual([
    { stream, cells: { name: 'ANN', count: 2, last: 4 } },
    { stream, cells: { name: 'BOB', count: 1, last: 2 } },
  ]);
});
