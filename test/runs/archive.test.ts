import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Journal } from '@fabro/journal';
import { openSqliteJournal } from '@fabro/journal/sqlite';
import { FabroError, type EventDraft, type RunId } from '@fabro/protocol';
import { RUN_PROJECTIONS, type StreamItem } from '@fabro/runs';
import { expect, onTestFinished, test } from 'vitest';
import { CHAIN, filesAt, fork, ran, resume } from './fork-house.js';
import { CALLER, ONE_COMMAND, WAITING, idOf, openHouse, type House } from './house.js';
import { realHouse, repository } from './real-house.js';

const PAGE = { limit: 20, offset: 0 };

/** How a run comes to each status. */
const WAYS: Readonly<Record<string, readonly EventDraft[]>> = {
  submitted: [],
  queued: [{ event: 'run.queued', properties: {} }],
  starting: [{ event: 'run.starting', properties: {} }],
  running: [{ event: 'run.running', properties: {} }],
  paused: [{ event: 'run.paused', properties: {} }],
  completed: [
    {
      event: 'run.completed',
      properties: { duration_ms: 5, status: 'succeeded', reason: 'completed' },
    },
  ],
  failed: [
    {
      event: 'run.failed',
      properties: { error: 'it broke', duration_ms: 5, reason: 'workflow_error' },
    },
  ],
  cancelled: [
    { event: 'run.failed', properties: { error: 'stopped', duration_ms: 5, reason: 'cancelled' } },
  ],
};

async function runThatIs(status: string): Promise<{ readonly house: House; readonly run: RunId }> {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const run = await house.create(ONE_COMMAND);
  await house.put(
    run,
    { event: 'run.started', properties: { name: 'Work' } },
    ...(WAYS[status] ?? []),
  );
  return { house, run };
}

const listed = async (house: House, includeArchived: boolean): Promise<readonly string[]> =>
  (await house.service.list(PAGE, includeArchived ? { includeArchived } : {})).data.map(
    (r) => r.id,
  );

for (const status of ['completed', 'failed', 'cancelled'])
  test(`§7 archive: a ${status} run keeps its status, is hidden from lists, and comes back; both are repeatable`, async () => {
    const { house, run } = await runThatIs(status);
    const before = await house.service.status(run);
    house.clock.advance(1_000);
    for (let times = 0; times < 2; times++) {
      expect(await house.service.archive(run, CALLER)).toEqual({
        ...before,
        archived_at: '2026-01-01T00:00:01.000Z',
      });
      house.clock.advance(1_000);
    }
    expect(await listed(house, false)).toEqual([]);
    expect(await listed(house, true)).toEqual([run]);
    expect((await house.service.resolve(run)).archived_at).toBe('2026-01-01T00:00:01.000Z');
    for (let times = 0; times < 2; times++)
      expect(await house.service.unarchive(run, CALLER)).toEqual(before);
    expect(await listed(house, false)).toEqual([run]);
    expect(house.events(run).slice(-2)).toMatchObject([
      { event: 'run.archived', actor: CALLER.actor },
      { event: 'run.unarchived', actor: CALLER.actor },
    ]);
  });

for (const status of ['submitted', 'queued', 'starting', 'running', 'paused'])
  test(`§7 archive: a ${status} run is refused`, async () => {
    const { house, run } = await runThatIs(status);
    await expect(house.service.archive(run, CALLER)).rejects.toMatchObject({
      code: 'conflict',
      message: `run ${run} is ${status}; only an ended run can be archived. Cancel it first: \`fabro cancel ${run}\`.`,
    });
    await expect(house.service.unarchive(run, CALLER)).rejects.toMatchObject({
      code: 'conflict',
      message: `run ${run} is ${status} and was never archived; only ended runs are`,
    });
  });

test('API §6: an archived run takes no start, resume, cancel, pause, answer, fork or rewind, and names the remedy', async () => {
  const { house, run } = await runThatIs('failed');
  await house.service.archive(run, CALLER);
  const { service } = house;
  const acts: Readonly<Record<string, () => Promise<unknown>>> = {
    start: () => service.start(run, { resume: false }, CALLER),
    resume: () => service.start(run, { resume: true }, CALLER),
    cancel: () => service.cancel(run, CALLER),
    pause: () => service.pause(run, CALLER),
    unpause: () => service.unpause(run, CALLER),
    answer: () => service.answer(run, '01JZ0000000000000000000042', { value: 'yes' }, CALLER),
    fork: () => service.fork(run, {}, CALLER),
    rewind: () => service.rewind(run, {}, CALLER),
  };
  for (const [name, act] of Object.entries(acts))
    await expect(act(), name).rejects.toMatchObject({
      code: 'conflict',
      message: `run ${run} is archived; run \`fabro unarchive ${run}\` to restore it and try again`,
    });
  // Looking is allowed, and so is deleting.
  expect(await service.timeline(run)).toEqual([]);
  expect((await service.events(run, { sinceSeq: 1, limit: 1 })).lines).toHaveLength(1);
  await service.unarchive(run, CALLER);
  expect((await service.start(run, { resume: true }, CALLER)).status).toBe('queued');
});

test('§7 archive: of a resume and an archive at once one wins, and the other learns why', async () => {
  const { house, run } = await runThatIs('failed');
  const [archive, resumed] = await Promise.allSettled([
    house.service.archive(run, CALLER),
    house.service.start(run, { resume: true }, CALLER),
  ]);
  expect(archive.status).toBe('fulfilled');
  expect(resumed).toMatchObject({
    status: 'rejected',
    reason: { code: 'conflict', message: expect.stringContaining('is archived; run `fabro') },
  });
});

test('an archived run is deleted like any other', async () => {
  const { house, run } = await runThatIs('completed');
  await house.service.archive(run, CALLER);
  await house.service.remove(run, { force: false }, CALLER);
  expect(await listed(house, true)).toEqual([]);
});

test('decision 10: the stream of an archived run replays to its last event and closes', async () => {
  const { house, run } = await runThatIs('completed');
  await house.service.archive(run, CALLER);
  const { signal } = new AbortController();
  const seen: StreamItem[] = [];
  for await (const batch of await house.service.attach(run, { sinceSeq: 1, signal }))
    seen.push(...batch);
  expect(seen.map((item) => item.json).at(-1)).toContain('"event":"run.archived"');
  const last = seen.length;
  const tail: StreamItem[] = [];
  for await (const batch of await house.service.attach(run, { sinceSeq: last, signal }))
    tail.push(...batch);
  expect(tail).toHaveLength(1);
  await expect(house.service.attach(run, { sinceSeq: last + 1, signal })).rejects.toMatchObject({
    code: 'gone',
  });
});

test('a reader of a live run is let go at its end, whatever is appended after it', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  const { signal } = new AbortController();
  const stream = await house.service.attach(run, { sinceSeq: 1, signal });
  const reading = (async () => {
    let last = '';
    for await (const batch of stream) last = batch.at(-1)?.json ?? last;
    return last;
  })();
  house.commands.release('a');
  await house.event(run, 'run.completed');
  await house.service.archive(run, CALLER);
  expect(await reading).toMatch(/"event":"run\.(?:completed|archived)"/);
});

test('§13 rewind: an ended run is forked, archived, and says by which run it is superseded', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const result = await house.service.rewind(run, { target: '@3' }, CALLER);
  expect(result).toEqual({
    source_run_id: run,
    new_run_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
    target: 'two@1',
    archived: true,
  });
  const id = idOf(result.new_run_id);
  expect(await house.service.get(run)).toMatchObject({
    status: 'completed',
    archived_at: '2026-01-01T00:00:00.000Z',
    superseded_by: id,
  });
  expect(house.events(run).slice(-2)).toMatchObject([
    {
      event: 'run.superseded_by',
      properties: {
        new_run_id: id,
        target_checkpoint_ordinal: 3,
        target_node_id: 'two',
        target_visit: 1,
      },
    },
    { event: 'run.archived' },
  ]);
  expect(await listed(house, false)).toEqual([id]);
  await resume(house, id);
  expect((await house.service.status(id)).status).toBe('completed');
  expect(filesAt(repo, id)).toEqual(['one.txt', 'sub', 'three.txt', 'two.txt']);
});

test('§13 rewind: a run that has not ended is refused; it can be forked', async () => {
  const { house, run } = await runThatIs('running');
  await expect(house.service.rewind(run, {}, CALLER)).rejects.toMatchObject({
    code: 'conflict',
    message: `run ${run} is running; only an ended run can be rewound. Cancel it first (\`fabro cancel ${run}\`), or fork it.`,
  });
});

test('§13 rewind: when the source cannot be archived, the new run is there and the result says why', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const failing: Journal = new Proxy(house.journal, {
    get(target, name: keyof Journal) {
      if (name === 'append')
        return (request: Parameters<Journal['append']>[0]) =>
          request.events.some((e) => e.type === 'run.archived')
            ? Promise.reject(new FabroError('storage_full', 'no space is left'))
            : target.append(request);
      const value = target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const result = await house.next({ journal: failing }).service.rewind(run, {}, CALLER);
  expect(result).toMatchObject({ archived: false, archive_error: 'no space is left' });
  expect(await house.service.get(run)).not.toHaveProperty('superseded_by');
  expect(await listed(house, false)).toEqual([result.new_run_id, run]);
});

test('§13 rewind: of two at once each makes its run, and one of them finds the source archived', async () => {
  const repo = await repository();
  const house = await realHouse();
  const run = await ran(house, CHAIN, repo);
  const results = await Promise.all(
    ['@2', '@3'].map((target) => house.service.rewind(run, { target }, CALLER)),
  );
  expect(results.filter((r) => r.archived)).toHaveLength(1);
  expect(results.find((r) => !r.archived)?.archive_error).toBe(
    `run ${run} is archived; run \`fabro unarchive ${run}\` to restore it and try again`,
  );
  expect((await house.service.get(run)).superseded_by).toBe(
    results.find((r) => r.archived)?.new_run_id,
  );
});

test('what lists show of forks and archived runs is rebuilt from the events when the projection changes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fabro-archive-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'journal.db');
  const first = await openSqliteJournal(path, { projections: RUN_PROJECTIONS });
  const repo = await repository();
  const house = await realHouse({ journal: first });
  const run = await ran(house, CHAIN, repo);
  const id = await fork(house, run, 'one');
  await house.service.rewind(run, {}, CALLER);
  await resume(house, id);
  await house.service.archive(id, CALLER);
  await house.service.unarchive(id, CALLER);
  const rows = (journal: Journal) =>
    ['runs', 'stages', 'questions'].map((table) =>
      journal.select({ table, orderBy: [{ column: 'stream' }], limit: 100 }),
    );
  const before = rows(first);
  expect(before[0]).toHaveLength(3);
  await house.queue.stop();
  await first.close();
  const changed = RUN_PROJECTIONS.map((p) => ({ ...p, version: p.version + 1 }));
  const second = await openSqliteJournal(path, { projections: changed });
  onTestFinished(() => second.close());
  expect(rows(second)).toEqual(before);
});
