import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Journal, NewEvent, Precondition } from '../src/index.js';
import { createMemoryJournal } from '../src/memory/index.js';
import { openSqliteJournal } from '../src/sqlite/index.js';
import { CONTRACT_OPTIONS } from '../src/contract/subject.js';
import { type Act, Real, Step } from './model-steps.js';
import { Model, type DrawnAppend } from './model.js';

const id = fc.constantFrom('a', 'b');
const state = fc.constantFrom('open', 'done');
const stream = fc.constantFrom(0, 1);
const epochOffset = fc.constantFrom(0, 0, 0, -1, 1);
const event: fc.Arbitrary<NewEvent> = fc.oneof(
  fc.record({
    type: fc.constantFrom('item.put', 'item.update'),
    body: fc.oneof(
      fc.record({ id, state }),
      fc.record({ id, by: fc.integer({ min: -3, max: 3 }) }),
    ),
  }),
  fc.record({ type: fc.constant('item.delete'), body: fc.record({ id }) }),
  fc.record({
    type: fc.constant('note'),
    body: fc.record({ text: fc.string({ unit: 'binary' }) }),
  }),
);
const precondition: fc.Arbitrary<Precondition> = fc.oneof(
  fc.constantFrom<Precondition>({ kind: 'stream_empty' }, { kind: 'stream_exists' }),
  fc.record({
    kind: fc.constant('row' as const),
    table: fc.constant('item'),
    key: fc.record({ id }),
    column: fc.constant('state'),
    in: fc.array(fc.oneof(state, fc.constant(null)), { maxLength: 2 }),
  }),
);
const append: fc.Arbitrary<DrawnAppend> = fc.record({
  stream,
  authority: fc.oneof(
    fc.record({ kind: fc.constant('owner' as const), epochOffset }),
    fc.record({
      kind: fc.constant('outside' as const),
      precondition: fc.option(precondition, { nil: undefined }),
    }),
  ),
  events: fc.array(event, { maxLength: 3 }),
  failing: fc.oneof(
    { weight: 18, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom('too_large' as const, 'broken' as const) },
  ),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      appends: fc.array(append, { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('acquire' as const),
      stream,
      holder: fc.constantFrom('ann', 'bob'),
      takeOver: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constantFrom('renew' as const, 'release' as const), stream, epochOffset }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read_slowly' as const), stream }) },
  fc.record({ kind: fc.constant('delete' as const), stream }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(50, 100, 600) }),
);

describe.each(['memory', 'SQLite'])('the %s journal and the model agree', (adapter) => {
  let journal: Journal | undefined;
  let folder: string | undefined;
  beforeAll(async () => {
    if (adapter === 'memory') {
      journal = createMemoryJournal(CONTRACT_OPTIONS);
      return;
    }
    folder = await mkdtemp(join(tmpdir(), 'fabro-journal-'));
    journal = await openSqliteJournal(join(folder, 'journal.db'), CONTRACT_OPTIONS);
  });
  afterAll(async () => {
    await journal?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('over conflicts, stolen leases, stale epochs, failed commits, deletions and slow readers', async () => {
    const opened = journal;
    if (opened === undefined) throw new Error('the journal is not open');
    await fc.assert(
      fc.asyncProperty(
        fc.commands([act.map((drawn) => new Step(drawn))], { maxCommands: 40, size: 'max' }),
        async (commands) => {
          const real = new Real(opened);
          try {
            await fc.asyncModelRun(() => ({ model: new Model(), real }), commands);
          } finally {
            real.end();
          }
        },
      ),
      { numRuns: 80 },
    );
  });
});
