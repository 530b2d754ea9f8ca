import { expect, test } from 'vitest';
import { AnyEvent, runStream, type StreamId } from '@fabro/protocol';
import { MAX_READ_EVENTS, type Journal, type NewEvent } from '@fabro/journal';
import { createMemoryJournal } from '@fabro/journal/memory';
import { RUN_PROJECTIONS } from '@fabro/runs';
import {
  CALLER,
  GATE,
  ONE_COMMAND,
  WAITING,
  idOf,
  manifest,
  openHouse,
  type House,
} from './house.js';

const ID = '01JZ0000000000000000009999';
const PAGE = { limit: 20, offset: 0 };
const DAY_MS = 24 * 60 * 60 * 1000;

test('a run_id with the same manifest finds its run; with another it is a conflict', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const create = (more: object) =>
    house.service.create(manifest(ONE_COMMAND, { run_id: ID, ...more }), CALLER);
  expect(await create({})).toMatchObject({ created: true, run: { id: ID, status: 'submitted' } });
  expect(await create({ goal: null })).toMatchObject({ created: false, run: { id: ID } });
  await expect(create({ cwd: '/elsewhere' })).rejects.toMatchObject({
    code: 'conflict',
    message: `run_id ${ID} is taken by a run with another manifest; leave run_id out or choose another`,
  });
});

test('of concurrent creates of one run_id exactly one creates', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const results = await Promise.all(
    Array.from({ length: 5 }, () =>
      house.service.create(manifest(ONE_COMMAND, { run_id: ID }), CALLER),
    ),
  );
  expect(results.filter((r) => r.created)).toHaveLength(1);
  expect(house.journal.lastSeq(runStream(idOf(ID)))).toBe(2);
});

test('decision 7: created_at is the time of run.created and lists order by it, newest first', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const old = await house.create(ONE_COMMAND);
  house.clock.advance(1_000);
  await house.service.create(
    manifest(ONE_COMMAND, { run_id: '01AAAAAAAAAAAAAAAAAAAAAAAA' }),
    CALLER,
  );
  const { data, hasMore } = await house.service.list({ limit: 1, offset: 0 }, {});
  expect(data.map((r) => [r.id, r.created_at])).toEqual([
    ['01AAAAAAAAAAAAAAAAAAAAAAAA', '2026-01-01T00:00:01.000Z'],
  ]);
  expect(hasMore).toBe(true);
  expect((await house.service.list({ limit: 1, offset: 1 }, {})).data[0]?.id).toBe(old);
});

test('decision 6: fields that do not apply are absent', async () => {
  const house = await openHouse();
  const run = await house.create(ONE_COMMAND);
  expect(await house.service.status(run)).toEqual({
    id: run,
    status: 'submitted',
    created_at: '2026-01-01T00:00:00.000Z',
  });
  await house.service.start(run, { resume: false }, CALLER);
  await house.event(run, 'run.completed');
  expect(await house.service.status(run)).toEqual({
    id: run,
    status: 'completed',
    created_at: '2026-01-01T00:00:00.000Z',
    status_reason: 'completed',
  });
});

test('a resumed run no longer shows how its first life ended', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  await house.service.cancel(run, CALLER);
  await house.event(run, 'run.failed');
  await house.service.start(run, { resume: true }, CALLER);
  await house.event(run, 'command.started', 2);
  const summary = await house.service.get(run);
  expect(summary.status).toBe('running');
  for (const field of ['error', 'status_reason', 'duration_ms', 'pending_control'])
    expect(summary).not.toHaveProperty(field);
});

test('API §6: a selector is an id, its beginning, or the name of a workflow; an unclear one says so', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const first = await house.create(ONE_COMMAND);
  house.clock.advance(1);
  const second = await house.create(ONE_COMMAND);
  expect((await house.service.resolve(first)).id).toBe(first);
  expect((await house.service.resolve(first.toLowerCase())).id).toBe(first);
  expect((await house.service.resolve('WORK')).id).toBe(second);
  expect((await house.service.resolve('wo-r_k')).id).toBe(second);
  for (const unclear of ['01JZ', '01'])
    await expect(house.service.resolve(unclear)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: `"${unclear}" begins the ids of several runs; give more of the id`,
    });
  for (const nothing of ['', '-', 'nowhere'])
    await expect(house.service.resolve(nothing)).rejects.toMatchObject({ code: 'not_found' });
});

test('lists filter by status, workflow and labels', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const plain = await house.create(ONE_COMMAND);
  const labelled = await house.create(ONE_COMMAND, {
    args: { in_place: true, label: ['team=core', 'x=1'] },
  });
  const ids = async (filter: object) =>
    (await house.service.list(PAGE, filter)).data.map((r) => r.id);
  expect(await ids({ labels: { team: 'core' } })).toEqual([labelled]);
  expect(await ids({ labels: { team: 'core', x: '2' } })).toEqual([]);
  expect((await ids({ workflow: 'Work' })).toSorted()).toEqual([plain, labelled].toSorted());
  // By the name that a command line has for it, too.
  expect((await ids({ workflow: 'work' })).toSorted()).toEqual([plain, labelled].toSorted());
  expect(await ids({ workflow: 'wor' })).toEqual([]);
  expect(await ids({ status: ['running'] })).toEqual([]);
  await house.service.cancel(plain, CALLER);
  expect(await ids({ status: ['cancelled'] })).toEqual([plain]);
});

test('the state shows the checkpoint, the stages and the questions of a run that waits', async () => {
  const house = await openHouse();
  const run = await house.start(GATE);
  await house.event(run, 'run.blocked');
  const state = await house.service.state(run);
  expect(state).toMatchObject({
    run_id: run,
    status: 'running',
    pending_control: null,
    start: { run_id: run, start_time: '2026-01-01T00:00:00.000Z' },
    checkpoint: {
      completed_nodes: ['start'],
      node_visits: { start: 1, ask: 1 },
      node_retries: { start: 0 },
      context_values: {
        current_node: 'start',
        outcome: 'succeeded',
        'internal.run_id': run,
        'internal.fidelity': 'compact',
        'internal.node_visit_count': 1,
      },
    },
    frames: [{ id: 'root', phase: 'running', stage_id: 'ask@1', attempt: 1 }],
    questions: [{ stage_id: 'ask@1', text: 'Ship?', answered: false }],
  });
  expect(state['last_seq']).toBe(house.events(run).length);
  expect(await house.service.get(run)).toMatchObject({ blocked: true });
});

test('a run that goes on names the stages that are under way, an ended one none', async () => {
  const house = await openHouse();
  const run = await house.start(GATE);
  await house.event(run, 'run.blocked');
  expect((await house.service.get(run)).active_stages).toEqual([
    { id: 'ask@1', name: 'Ship?', handler_type: 'human' },
  ]);
  await house.service.cancel(run, CALLER);
  await house.event(run, 'run.failed');
  expect(await house.service.get(run)).not.toHaveProperty('active_stages');
});

test('prune removes ended runs older than a day unless filters say more; active ones never', async () => {
  const house = await openHouse();
  const old = await house.start(ONE_COMMAND);
  await house.event(old, 'run.completed');
  const active = await house.start(WAITING);
  await house.event(active, 'command.started');
  house.clock.advance(DAY_MS + 1);
  const young = await house.start(ONE_COMMAND, { args: { in_place: true, label: ['a=b'] } });
  await house.event(young, 'run.completed');
  await house.queue.idle(young);
  const dry = async (more: object) =>
    (await house.service.prune({ dryRun: true, ...more }, CALLER)).runs?.map((r) => r.run_id);
  expect(await dry({})).toEqual([old]);
  expect(await dry({ olderThanMs: 0 })).toEqual([old, young]);
  expect(await dry({ before: '2026-01-01T12:00:00Z' })).toEqual([old]);
  expect(await dry({ labels: { a: 'b' } })).toEqual([young]);
  expect(await dry({ workflow: 'work' })).toEqual([old, young]);
  expect(await dry({ workflow: 'other' })).toEqual([]);
  const usage = await house.service.diskUsage({ verbose: true });
  expect(usage.summary[0]).toMatchObject({ type: 'runs', count: 3, active: 1 });
  const sizes = usage.runs?.map((each) => each.size_bytes) ?? [];
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBe(usage.summary[0]?.size_bytes);
  expect(usage.runs?.find((each) => each.run_id === old)).toMatchObject({
    workflow_name: 'Work',
    status: 'completed',
    start_time: '2026-01-01T00:00:00.000Z',
    reclaimable: true,
  });
  expect(usage.runs?.filter((each) => !each.reclaimable)).toHaveLength(1);
  expect(await house.service.diskUsage({ verbose: false })).not.toHaveProperty('runs');
  const done = await house.service.prune({ dryRun: false }, CALLER);
  expect(done).toMatchObject({ dry_run: false, total_count: 1, deleted_count: 1 });
  expect(done).not.toHaveProperty('runs');
  await expect(house.service.status(old)).rejects.toMatchObject({ code: 'not_found' });
});

test('a page of events has as many as were asked for, and says whether there are more (api §3)', async () => {
  const house = await openHouse();
  const ids = Array.from({ length: 200 }, (_, i) => `d${i}`);
  const nodes = ids.map((id) => `${id} [shape=diamond]`).join(' ');
  const run = await house.start(`${nodes} start -> ${ids.join(' -> ')} -> exit`);
  await house.event(run, 'run.completed');
  const last = house.journal.lastSeq(runStream(run));
  expect(last).toBeGreaterThan(MAX_READ_EVENTS + 100);
  const page = async (sinceSeq: number, limit: number) => {
    const { lines, hasMore } = await house.service.events(run, { sinceSeq, limit });
    const seqs = lines.map((line) => AnyEvent.parse(JSON.parse(line)).seq);
    return [seqs.length, seqs[0], seqs.at(-1), hasMore];
  };
  expect(await page(1, MAX_READ_EVENTS)).toEqual([MAX_READ_EVENTS, 1, MAX_READ_EVENTS, true]);
  expect(await page(1, MAX_READ_EVENTS + 50)).toEqual([550, 1, 550, true]);
  expect(await page(1, 1_000)).toEqual([last, 1, last, false]);
  expect(await page(last, 1_000)).toEqual([1, last, last, false]);
  expect(await page(last + 1, 1_000)).toEqual([0, undefined, undefined, false]);
});

function* storedEvents(
  journal: Journal,
): Generator<{ readonly stream: StreamId; readonly event: NewEvent }> {
  for (let position = 0; ;) {
    const page = journal.readAll({ afterPosition: position, limit: MAX_READ_EVENTS });
    for (const stored of page) {
      const { seq: _seq, ...body } = AnyEvent.parse(JSON.parse(stored.json));
      yield { stream: stored.stream, event: { type: stored.type, body } };
    }
    const last = page.at(-1);
    if (last === undefined) return;
    position = last.position;
  }
}

async function lived(house: House): Promise<void> {
  const done = await house.start(ONE_COMMAND);
  await house.event(done, 'run.completed');
  const failed = await house.start('a [shape=parallelogram, script="fail"] start -> a -> exit');
  await Promise.race([house.event(failed, 'run.failed'), house.event(failed, 'run.completed')]);
  const asked = await house.start(GATE);
  const question = await house.event(asked, 'interview.started');
  await house.service.pause(asked, CALLER);
  await house.event(asked, 'run.paused');
  await house.service.unpause(asked, CALLER);
  await house.service.answer(
    asked,
    String(question.properties['question_id']),
    { selected_option_key: 'Y' },
    CALLER,
  );
  await house.event(asked, 'run.completed');
  const resumed = await house.start(WAITING);
  await house.event(resumed, 'command.started');
  await house.service.cancel(resumed, CALLER);
  await house.event(resumed, 'run.failed');
  house.commands.release('a');
  await house.service.start(resumed, { resume: true }, CALLER);
  await house.event(resumed, 'run.completed');
}

test('decision 8 of the design: rows made again from the events are the rows made as they came', async () => {
  const house = await openHouse();
  await lived(house);
  const again = createMemoryJournal({ projections: RUN_PROJECTIONS });
  for (const { stream, event } of storedEvents(house.journal))
    await again.append({
      stream,
      authority: { kind: 'outside', preconditions: [] },
      events: [event],
    });
  for (const table of ['runs', 'stages', 'questions']) {
    const rows = (journal: Journal) =>
      journal.select({ table, limit: 1_000, orderBy: [{ column: 'stream' }] });
    expect(rows(again)).toEqual(rows(house.journal));
    expect(rows(again).length).toBeGreaterThan(0);
  }
  await again.close();
});

test('decision 8 of the design: rows say what the fold of the stream says', async () => {
  const house = await openHouse();
  await lived(house);
  const { data } = await house.service.list(PAGE, {});
  expect(data).toHaveLength(4);
  for (const row of data) {
    const state = await house.service.state(row.id);
    expect(state['pending_control']).toBe(row.pending_control ?? null);
    expect(state['sandbox']).toMatchObject({ working_directory: row.working_directory });
    expect(state['start']).toMatchObject({ start_time: row.start_time });
    expect((await house.service.questions(row.id, PAGE)).data).toEqual([]);
    expect(state['last_seq']).toBe(house.journal.lastSeq(runStream(idOf(row.id))));
  }
});
