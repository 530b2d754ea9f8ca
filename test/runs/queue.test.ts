import { expect, onTestFinished, test } from 'vitest';
import { FabroError, runStream } from '@fabro/protocol';
import type { Journal } from '@fabro/journal';
import { CALLER, ONE_COMMAND, WAITING, openHouse } from './house.js';

const waiting = (name: string): string =>
  `a [shape=parallelogram, script="wait ${name}"] start -> a -> exit`;

/** The journal with some methods of its own. */
function withMethods(journal: Journal, own: Partial<Journal>): Journal {
  return new Proxy(journal, {
    get: (target, name) => {
      const found: unknown = Reflect.get(own, name) ?? Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

test('API §6: as many runs act at once as the limit says, oldest first, and the rest have places from 1', async () => {
  const house = await openHouse({ maxConcurrentRuns: 1 });
  const first = await house.start(waiting('x'));
  await house.event(first, 'command.started');
  const second = await house.start(waiting('y'));
  house.clock.advance(1);
  const third = await house.start(ONE_COMMAND);
  const place = async (run: string) => (await house.service.status(run)).queue_position;
  expect([await place(first), await place(second), await place(third)]).toEqual([undefined, 1, 2]);
  const { data } = await house.service.list({ limit: 20, offset: 0 }, {});
  expect(new Map(data.map((r) => [r.id, r.queue_position]))).toEqual(
    new Map([
      [first, undefined],
      [second, 1],
      [third, 2],
    ]),
  );
  house.commands.release('x');
  await house.event(second, 'command.started');
  expect(await place(third)).toBe(1);
  house.commands.release('y');
  await house.event(third, 'run.completed');
  expect(house.commands.started).toEqual(['wait x', 'wait y', 'ok']);
});

// §4.6 cancel before start
test('a queued run that is cancelled never starts, and the one behind it moves up', async () => {
  const house = await openHouse({ maxConcurrentRuns: 1 });
  const first = await house.start(waiting('x'));
  await house.event(first, 'command.started');
  const second = await house.start(ONE_COMMAND);
  const third = await house.start(ONE_COMMAND);
  expect((await house.service.cancel(second, CALLER)).status).toBe('cancelled');
  expect((await house.service.status(third)).queue_position).toBe(1);
  house.commands.release('x');
  await house.event(third, 'run.completed');
  expect(house.events(second).map((e) => e.event)).toEqual([
    'run.created',
    'run.submitted',
    'run.queued',
    'run.cancel.requested',
    'run.failed',
  ]);
});

test('a run that is cancelled while the queue takes it either never starts or ends as cancelled', async () => {
  const house = await openHouse();
  const run = await house.create(WAITING);
  await house.service.start(run, { resume: false }, CALLER);
  await house.service.cancel(run, CALLER);
  await house.event(run, 'run.failed');
  await house.queue.idle(run);
  expect((await house.service.status(run)).status).toBe('cancelled');
  expect(house.events(run).filter((e) => e.event === 'run.failed')).toHaveLength(1);
});

test('of two servers that claim one run, one runs it', async () => {
  const house = await openHouse({ maxConcurrentRuns: 1 });
  const other = house.next();
  const run = await house.create(ONE_COMMAND);
  await house.put(run, { event: 'run.queued', properties: {} });
  house.queue.wake();
  other.queue.wake();
  await house.event(run, 'run.completed');
  await Promise.all([house.queue.idle(run), other.queue.idle(run)]);
  expect(house.events(run).filter((e) => e.event === 'run.starting')).toHaveLength(1);
  expect(house.commands.started).toEqual(['ok']);
});

test('decision 1 of the design: starting, running and paused runs of a dead server are taken up at boot', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const starting = await house.create(ONE_COMMAND);
  const running = await house.create(ONE_COMMAND);
  const paused = await house.create(ONE_COMMAND);
  const queued = await house.create(ONE_COMMAND);
  await house.put(starting, { event: 'run.starting', properties: {} });
  for (const run of [running, paused])
    await house.put(
      run,
      { event: 'run.starting', properties: {} },
      { event: 'run.started', properties: { name: 'Work' } },
      { event: 'run.running', properties: {} },
    );
  await house.put(paused, { event: 'run.paused', properties: {} });
  await house.put(queued, { event: 'run.queued', properties: {} });
  const next = house.next({ maxConcurrentRuns: 5 });
  next.queue.recover();
  await Promise.all([starting, running, queued].map((run) => house.event(run, 'run.completed')));
  expect(house.events(running).map((e) => e.event)).toContain('run.resumed');
  expect(house.events(starting).map((e) => e.event)).not.toContain('run.resumed');
  await house.event(paused, 'run.resumed');
  expect((await next.service.status(paused)).status).toBe('paused');
  await next.service.unpause(paused, CALLER);
  await house.event(paused, 'run.completed');
});

test('decision 8 of the design: a stream that contradicts itself is set aside and the others go on', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const bad = await house.create(ONE_COMMAND);
  const good = await house.create(ONE_COMMAND);
  for (const run of [bad, good])
    await house.put(
      run,
      { event: 'run.started', properties: { name: 'Work' } },
      { event: 'run.running', properties: {} },
    );
  await house.put(bad, {
    event: 'stage.retrying',
    stage_id: 'a@1',
    properties: { index: 0, attempt: 1, max_attempts: 2, delay_ms: 0, due_at: 0 },
  });
  const before = house.journal.lastSeq(runStream(bad));
  const next = house.next({ maxConcurrentRuns: 1 });
  next.queue.recover();
  await house.event(good, 'run.completed');
  await Promise.all([next.queue.idle(bad), next.queue.idle(good)]);
  expect(next.queue.quarantined).toEqual([bad]);
  expect(house.journal.lastSeq(runStream(bad))).toBe(before);
  expect(next.logs.join('\n')).toContain('the run is set aside: its stream cannot be folded');
  next.queue.recover();
  expect(next.queue.activeRuns).toBe(0);
});

test('a run that cannot be taken over for want of space is no damaged stream: the next recovery takes it up', async () => {
  let full = true;
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const run = await house.create(ONE_COMMAND);
  await house.put(run, { event: 'run.starting', properties: {} });
  const next = house.next({
    journal: withMethods(house.journal, {
      acquireLease: (stream, request) =>
        full
          ? Promise.reject(new Error('database or disk is full'))
          : house.journal.acquireLease(stream, request),
    }),
  });
  next.queue.recover();
  await next.queue.idle(run);
  expect(next.queue.quarantined).toEqual([]);
  full = false;
  next.queue.recover();
  await house.event(run, 'run.completed');
});

test('a run that is resumed while the last of its first life is put away is conducted once, and stops with the server', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const releases: (() => void)[] = [];
  const next = house.next({
    maxConcurrentRuns: 5,
    journal: withMethods(house.journal, {
      releaseLease: async (stream, epoch) => {
        await new Promise<void>((resolve) => releases.push(resolve));
        await house.journal.releaseLease(stream, epoch);
      },
    }),
  });
  const run = await next.start(WAITING);
  await house.event(run, 'command.started');
  await next.service.cancel(run, CALLER);
  await house.event(run, 'run.failed');
  await next.service.start(run, { resume: true }, CALLER);
  await house.event(run, 'run.starting', 2);
  expect(house.events(run).map((e) => e.event)).not.toContain('run.resumed');
  const released = setInterval(() => {
    for (const release of releases.splice(0)) release();
  }, 1);
  onTestFinished(() => clearInterval(released));
  await house.event(run, 'command.started', 2);
  expect(next.queue.activeRuns).toBe(1);
  await next.queue.stop();
  expect(next.queue.activeRuns).toBe(0);
  expect(house.events(run).at(-1)?.event).toBe('run.suspended');
});

test('a lease that cannot be given back does not turn a completed run into a failed one', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const next = house.next({
    maxConcurrentRuns: 5,
    journal: withMethods(house.journal, {
      releaseLease: () => Promise.reject(new Error('database or disk is full')),
    }),
  });
  const run = await next.start(ONE_COMMAND);
  await house.event(run, 'run.completed');
  await next.queue.idle(run);
  expect((await next.service.status(run)).status).toBe('completed');
  expect(house.events(run).map((e) => e.event)).not.toContain('run.failed');
});

test('a server that stops in order suspends its runs, and that does not count as a crash', async () => {
  let house = await openHouse();
  const run = await house.start(WAITING);
  for (let stops = 1; stops <= 4; stops++) {
    await house.event(run, 'command.started', stops);
    await house.queue.stop();
    expect(house.events(run).filter((e) => e.event === 'run.suspended')).toHaveLength(stops);
    house = house.next();
    house.queue.recover();
  }
  house.commands.release('a');
  await house.event(run, 'run.completed');
});

test('a defect ends the run as terminated, with its message and a log entry, and withdraws what it asked', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const next = house.next({
    maxConcurrentRuns: 5,
    journal: withMethods(house.journal, {
      append: (request) =>
        request.events.some((e) => e.type === 'command.completed')
          ? Promise.reject(new TypeError('the writer is broken'))
          : house.journal.append(request),
    }),
  });
  const run = await next.start(
    'fork [shape=component] ask [shape=hexagon, label="Ship?"] a [shape=parallelogram, script="wait a"] join [shape=tripleoctagon] start -> fork fork -> ask ask -> join [label="[Y] Yes"] fork -> a -> join join -> exit',
  );
  await house.event(run, 'interview.started');
  house.commands.release('a');
  await house.event(run, 'run.failed');
  expect(await next.service.status(run)).toMatchObject({
    status: 'failed',
    status_reason: 'terminated',
    error: { message: 'the writer is broken' },
  });
  expect(next.logs.join('\n')).toContain('a defect ended the run');
  expect((await next.service.questions(run, { limit: 20, offset: 0 })).data).toEqual([]);
  expect(house.events(run).filter((e) => e.event === 'interview.interrupted')).toHaveLength(1);
});

test('an append that the journal refuses for its size ends the run with a reason, in place of leaving it running', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const next = house.next({
    maxConcurrentRuns: 5,
    journal: withMethods(house.journal, {
      append: (request) =>
        request.events.some((e) => e.type === 'command.completed')
          ? Promise.reject(new FabroError('too_large', 'an event of 5 MB; at most 4 MiB'))
          : house.journal.append(request),
    }),
  });
  const run = await next.start(ONE_COMMAND);
  await house.event(run, 'run.failed');
  expect(await next.service.status(run)).toMatchObject({
    status: 'failed',
    status_reason: 'terminated',
    error: { message: 'an event of 5 MB; at most 4 MiB' },
  });
});

test('a run whose lease another server took stops without a word in its stream', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  await house.journal.acquireLease(runStream(run), {
    holder: 'thief',
    nowMs: house.clock.now(),
    ttlMs: 1_000,
    takeOver: true,
  });
  const before = house.journal.lastSeq(runStream(run));
  house.commands.release('a');
  await house.queue.idle(run);
  expect(house.journal.lastSeq(runStream(run))).toBe(before);
  expect(house.logs.join('\n')).toContain('another server took the run over');
});

test('a forced delete of an active run cancels it, waits for it, and leaves nothing', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  await expect(house.service.remove(run, { force: false }, CALLER)).rejects.toThrow(
    `Run ${run} is running. Cancel it first, or delete it with force=true.`,
  );
  await house.service.remove(run, { force: true }, CALLER);
  await expect(house.service.status(run)).rejects.toThrow(`Run ${run} not found.`);
  expect(house.queue.activeRuns).toBe(0);
  expect(house.journal.lastSeq(runStream(run))).toBe(0);
  expect(house.clock.sleepers).toBe(0);
});

test('two forced deletes at once and a queued run beside them: all settle, the queue goes on', async () => {
  const house = await openHouse({ maxConcurrentRuns: 1 });
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  const behind = await house.start(ONE_COMMAND);
  const results = await Promise.allSettled([
    house.service.remove(run, { force: true }, CALLER),
    house.service.remove(run, { force: true }, CALLER),
  ]);
  expect(results.some((r) => r.status === 'fulfilled')).toBe(true);
  await house.event(behind, 'run.completed');
});
