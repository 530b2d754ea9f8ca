import { expect, test } from 'vitest';
import type { StreamItem } from '@fabro/runs';
import type { RunId } from '@fabro/protocol';
import { CALLER, ONE_COMMAND, WAITING, openHouse, type House } from './house.js';

async function collect(stream: AsyncIterable<readonly StreamItem[]>): Promise<StreamItem[]> {
  const items: StreamItem[] = [];
  for await (const batch of stream) items.push(...batch);
  return items;
}

const seqs = (items: readonly StreamItem[]): readonly number[] =>
  items.flatMap((item) => (item.kind === 'event' ? [item.seq] : []));

const from1to = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

async function completed(house: House): Promise<RunId> {
  const run = await house.start(ONE_COMMAND);
  await house.event(run, 'run.completed');
  return run;
}

const { signal } = new AbortController();

test('decision 10: a run that has not started streams and waits, then closes after its last event', async () => {
  const house = await openHouse();
  const run = await house.create(ONE_COMMAND);
  const items = collect(await house.service.attach(run, { sinceSeq: 1, signal }));
  await house.service.start(run, { resume: false }, CALLER);
  const got = await items;
  expect(seqs(got)).toEqual(from1to(house.events(run).length));
  expect(got.at(-1)).toMatchObject({ json: expect.stringContaining('"event":"run.completed"') });
});

test('decision 10: an ended run with a valid starting point replays and closes; without one, or past the end, it is gone', async () => {
  const house = await openHouse();
  const run = await completed(house);
  const last = house.events(run).length;
  const replay = await collect(await house.service.attach(run, { sinceSeq: last - 1, signal }));
  expect(seqs(replay)).toEqual([last - 1, last]);
  await expect(house.service.attach(run, { signal })).rejects.toMatchObject({
    code: 'gone',
    status: 410,
    message: expect.stringContaining('Event stream closed.'),
  });
  await expect(house.service.attach(run, { sinceSeq: last + 1, signal })).rejects.toMatchObject({
    code: 'gone',
  });
});

test('without a starting point a running run sends what comes after now', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  const now = house.events(run).length;
  const items = collect(await house.service.attach(run, { signal }));
  house.commands.release('a');
  expect(seqs(await items)[0]).toBe(now + 1);
});

test('the stream of a run that failed and was resumed goes on past its first end', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  await house.service.cancel(run, CALLER);
  await house.event(run, 'run.failed');
  await house.service.start(run, { resume: true }, CALLER);
  const items = collect(await house.service.attach(run, { sinceSeq: 1, signal }));
  house.commands.release('a');
  const got = await items;
  expect(got.at(-1)).toMatchObject({ json: expect.stringContaining('"event":"run.completed"') });
  expect(seqs(got)).toEqual(from1to(house.events(run).length));
});

test('all readers of a live event share its items', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  const batches: (readonly StreamItem[])[][] = [[], []];
  const readers = batches.map(async (own) => {
    for await (const batch of await house.service.attach(run, { signal })) own.push(batch);
  });
  await new Promise(setImmediate);
  house.commands.release('a');
  await Promise.all(readers);
  expect(batches[0]?.length).toBeGreaterThan(0);
  expect(batches[0]?.every((batch, i) => batch === batches[1]?.[i])).toBe(true);
});

test('decision 20: a late reader gets the open block whole, then its deltas', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  const delta = (index: number, text: string): void =>
    house.live.publish(run, {
      event: 'agent.text.delta',
      session_id: 's1',
      properties: { block_id: 'b1', index, delta: text },
    });
  delta(0, 'Hello, ');
  delta(1, 'wor');
  const stream = await house.service.attach(run, { signal });
  const items = collect(stream);
  await new Promise(setImmediate);
  delta(2, 'ld');
  await new Promise(setImmediate);
  house.commands.release('a');
  const live = (await items).flatMap((i) => (i.kind === 'live' ? [JSON.parse(i.json)] : []));
  expect(live).toMatchObject([
    {
      event: 'agent.output.replace',
      session_id: 's1',
      run_id: run,
      properties: { block_id: 'b1', index: 1, text: 'Hello, wor' },
    },
    { event: 'agent.text.delta', properties: { index: 2, delta: 'ld' } },
  ]);
});

test('a reader that goes away ends its stream and leaves no reader behind', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  const leaving = new AbortController();
  const items = collect(await house.service.attach(run, { sinceSeq: 1, signal: leaving.signal }));
  await new Promise(setImmediate);
  leaving.abort();
  expect(seqs(await items)).toEqual(from1to(house.events(run).length));
});

test('a run that is deleted under its readers ends their streams', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  const items = collect(await house.service.attach(run, { sinceSeq: 1, signal }));
  await house.service.remove(run, { force: true }, CALLER);
  expect((await items).at(-1)).toMatchObject({ json: expect.stringContaining('run.failed') });
});
