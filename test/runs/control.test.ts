import { expect, test } from 'vitest';
import type { EventDraft } from '@fabro/protocol';
import { CALLER, ONE_COMMAND, openHouse, WAITING, type House } from './house.js';

const started: EventDraft = { event: 'run.started', properties: { name: 'Work' } };
const failed = (reason: 'workflow_error' | 'cancelled'): EventDraft => ({
  event: 'run.failed',
  properties: { error: 'it broke', duration_ms: 5, reason },
});

/** How a run comes to each status; an earlier server recorded it. */
const WAYS: Readonly<Record<string, readonly EventDraft[]>> = {
  submitted: [],
  queued: [{ event: 'run.queued', properties: {} }],
  starting: [{ event: 'run.starting', properties: {} }],
  running: [started, { event: 'run.running', properties: {} }],
  paused: [started, { event: 'run.paused', properties: {} }],
  completed: [
    started,
    {
      event: 'run.completed',
      properties: { duration_ms: 5, status: 'succeeded', reason: 'completed' },
    },
  ],
  failed: [started, failed('workflow_error')],
  cancelled: [started, failed('cancelled')],
};

type Action = 'cancel' | 'pause' | 'unpause' | 'start' | 'resume';

function act(house: House, action: Action, run: string): Promise<{ readonly status: string }> {
  switch (action) {
    case 'start':
    case 'resume':
      return house.service.start(run, { resume: action === 'resume' }, CALLER);
    case 'cancel':
    case 'pause':
    case 'unpause':
      return house.service[action](run, CALLER);
  }
}

const ENGINE = 'an engine process is still running for this run — cannot start';
const expected = (status: string): string =>
  `cannot start run: status is ${status}, expected submitted`;
const cancellable = (status: string): string => `Run is not cancellable. Its status is ${status}.`;
const pausable = (status: string): string => `Run is not pausable. Its status is ${status}.`;
const paused = (status: string): string => `Run is not paused. Its status is ${status}.`;

/** `→ status` with what waits, or the refusal. */
const TABLE: Readonly<Record<string, Readonly<Record<Action, string>>>> = {
  submitted: {
    cancel: '→ cancelled',
    pause: pausable('submitted'),
    unpause: paused('submitted'),
    start: '→ queued',
    resume: '→ queued',
  },
  queued: {
    cancel: '→ cancelled',
    pause: pausable('queued'),
    unpause: paused('queued'),
    start: expected('queued'),
    resume: expected('queued'),
  },
  starting: {
    cancel: '→ starting cancel',
    pause: pausable('starting'),
    unpause: paused('starting'),
    start: ENGINE,
    resume: ENGINE,
  },
  running: {
    cancel: '→ running cancel',
    pause: '→ running pause',
    unpause: paused('running'),
    start: ENGINE,
    resume: ENGINE,
  },
  paused: {
    cancel: '→ paused cancel',
    pause: pausable('paused'),
    unpause: '→ paused unpause',
    start: ENGINE,
    resume: ENGINE,
  },
  completed: {
    cancel: cancellable('completed'),
    pause: pausable('completed'),
    unpause: paused('completed'),
    start: expected('completed'),
    resume: 'run already finished successfully — nothing to resume',
  },
  failed: {
    cancel: cancellable('failed'),
    pause: pausable('failed'),
    unpause: paused('failed'),
    start: expected('failed'),
    resume: '→ queued',
  },
  cancelled: {
    cancel: cancellable('cancelled'),
    pause: pausable('cancelled'),
    unpause: paused('cancelled'),
    start: expected('cancelled'),
    resume: '→ queued',
  },
};

for (const [status, row] of Object.entries(TABLE))
  for (const [action, outcome] of Object.entries(row) as [Action, string][])
    test(`API §6: ${action} of a ${status} run: ${outcome}`, async () => {
      const house = await openHouse({ maxConcurrentRuns: 0 });
      const run = await house.create(ONE_COMMAND);
      await house.put(run, ...(WAYS[status] ?? []));
      expect((await house.service.status(run)).status).toBe(status);
      if (outcome.startsWith('→')) {
        const [, after, pending] = outcome.split(' ');
        const answer = await act(house, action, run);
        expect(answer).toMatchObject({ id: run, status: after });
        expect('pending_control' in answer ? answer.pending_control : undefined).toBe(pending);
      } else
        await expect(act(house, action, run)).rejects.toMatchObject({
          code: 'conflict',
          message: outcome,
        });
    });

test('API §6: cancel is repeatable and overrides a pause that waits; nothing else is taken beside it', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const run = await house.create(ONE_COMMAND);
  await house.put(run, ...(WAYS['running'] ?? []));
  await house.service.pause(run, CALLER);
  await expect(house.service.pause(run, CALLER)).rejects.toThrow(
    'Run control request is already pending.',
  );
  expect((await house.service.cancel(run, CALLER)).pending_control).toBe('cancel');
  expect((await house.service.cancel(run, CALLER)).pending_control).toBe('cancel');
  await expect(house.service.pause(run, CALLER)).rejects.toThrow(
    'Run control request is already pending.',
  );
  expect(house.events(run).filter((e) => e.event === 'run.cancel.requested')).toHaveLength(1);
});

test('a pause that is acted on after a cancel was asked for does not take the cancel back', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const run = await house.create(ONE_COMMAND);
  await house.put(run, ...(WAYS['running'] ?? []));
  await house.service.pause(run, CALLER);
  await house.service.cancel(run, CALLER);
  await house.put(run, { event: 'run.paused', properties: {} });
  expect(await house.service.status(run)).toMatchObject({
    status: 'paused',
    pending_control: 'cancel',
  });
  await expect(house.service.unpause(run, CALLER)).rejects.toThrow(
    'Run control request is already pending.',
  );
});

test('API §2: a run that ended before it began has no checkpoint to resume from', async () => {
  const house = await openHouse();
  const run = await house.create(ONE_COMMAND);
  await house.service.cancel(run, CALLER);
  expect(await house.service.status(run)).toMatchObject({
    status: 'cancelled',
    status_reason: 'cancelled',
    error: { message: 'Pipeline cancelled' },
  });
  await expect(house.service.start(run, { resume: true }, CALLER)).rejects.toThrow(
    'no checkpoint to resume from',
  );
});

test('decision 8: unknown and malformed run ids are `Run <id> not found.` in every action', async () => {
  const house = await openHouse();
  for (const id of ['01JZ9999999999999999999999', 'no-id', ''])
    for (const action of ['cancel', 'pause', 'unpause', 'start', 'resume'] as const)
      await expect(act(house, action, id)).rejects.toMatchObject({
        code: 'not_found',
        message: `Run ${id} not found.`,
      });
});

test('of two starts at once one wins and the other learns the status', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const run = await house.create(ONE_COMMAND);
  const results = await Promise.allSettled([
    house.service.start(run, { resume: false }, CALLER),
    house.service.start(run, { resume: false }, CALLER),
  ]);
  expect(results.map((r) => r.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(house.events(run).filter((e) => e.event === 'run.queued')).toHaveLength(1);
});

test('a running run pauses, goes on and completes', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  await house.service.pause(run, CALLER);
  await house.event(run, 'run.paused');
  expect(await house.service.status(run)).not.toHaveProperty('pending_control');
  await house.service.unpause(run, CALLER);
  await house.event(run, 'run.unpaused');
  house.commands.release('a');
  await house.event(run, 'run.completed');
  expect((await house.service.status(run)).status).toBe('completed');
});

test('a cancel ends the command that runs, and its stage shows as cancelled', async () => {
  const house = await openHouse();
  const run = await house.start(WAITING);
  await house.event(run, 'command.started');
  await house.service.cancel(run, CALLER);
  await house.event(run, 'run.failed');
  expect(await house.service.status(run)).toMatchObject({
    status: 'cancelled',
    status_reason: 'cancelled',
  });
  const { data } = await house.service.stages(run, { limit: 20, offset: 0 });
  expect(data.find((s) => s.node_id === 'a')?.status).toBe('cancelled');
});

test('a cancelled run resumed in the middle of a parallel stage does the stage again and completes', async () => {
  const house = await openHouse();
  const run = await house.start(
    'fork [shape=component] a [shape=parallelogram, script="ok"] b [shape=parallelogram, script="wait b"] join [shape=tripleoctagon] start -> fork fork -> a -> join fork -> b -> join join -> exit',
  );
  await house.event(run, 'parallel.branch.completed');
  await house.service.cancel(run, CALLER);
  await house.event(run, 'run.failed');
  house.commands.release('b');
  await house.service.start(run, { resume: true }, CALLER);
  await house.event(run, 'run.completed');
  expect(await house.service.status(run)).toMatchObject({ status: 'completed' });
  expect(await house.service.status(run)).not.toHaveProperty('error');
});
