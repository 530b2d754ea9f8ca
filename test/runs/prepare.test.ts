import { expect, onTestFinished, test } from 'vitest';
import type { Journal } from '@fabro/journal';
import { createMemoryJournal } from '@fabro/journal/memory';
import { FabroError, type RunId } from '@fabro/protocol';
import { RUN_PROJECTIONS } from '@fabro/runs';
import { CALLER, openHouse, type House } from './house.js';

const GRAPH = `digraph Work { start [shape=Mdiamond] exit [shape=Msquare] a [shape=parallelogram, script="ok"] start -> a -> exit }`;

/** A manifest whose workflow has these lines in its configuration. */
function prepared(config: string, args: object = {}): object {
  return {
    args: { in_place: true, ...args },
    workflows: {
      'workflows/work/workflow.fabro': {
        source: GRAPH,
        config: { path: 'workflows/work/workflow.toml', source: config },
      },
    },
  };
}

const steps = (...scripts: string[]): string =>
  scripts.map((script) => `[[run.prepare.steps]]\nscript = "${script}"\n`).join('\n');

async function ended(house: House, run: RunId) {
  await Promise.race([house.event(run, 'run.completed'), house.event(run, 'run.failed')]);
  await house.queue.idle(run);
  return house.service.get(run);
}

const names = (house: House, run: RunId): string[] => house.events(run).map((e) => e.event);

test('§12 run.prepare: steps run in order before the first stage, as scripts or programs, with their own variables', async () => {
  const house = await openHouse({ env: { WHO: 'world' } });
  const config = `
[[run.prepare.steps]]
script = "ok one"
env = { GREETING = "hello {{ env.WHO }}" }
[[run.prepare.steps]]
command = ["ok", "two words"]
`;
  const run = await house.start('', prepared(config));
  expect((await ended(house, run)).status).toBe('completed');
  expect(house.commands.started).toEqual(['ok one', 'ok two words', 'ok']);
  expect(house.commands.environments[0]).toEqual({ GREETING: 'hello world' });
  expect(house.commands.environments[1]).toEqual({});
  const events = names(house, run);
  expect(events.slice(events.indexOf('sandbox.ready'), events.indexOf('stage.started'))).toEqual([
    'sandbox.ready',
    'sandbox.initialized',
    'setup.started',
    'setup.command.started',
    'setup.command.completed',
    'setup.command.started',
    'setup.command.completed',
    'setup.completed',
    'run.started',
    'run.running',
  ]);
  const [, second] = house.events(run).filter((e) => e.event === 'setup.command.completed');
  expect(second?.properties).toMatchObject({
    command: "ok 'two words'",
    index: 1,
    exit_code: 0,
    termination: 'exited',
  });
  expect(events).not.toContain('run.notice');
});

test('§12 run.prepare: a step that fails ends the run as bootstrap_failed, naming number, command, exit code and remedy', async () => {
  const house = await openHouse();
  const run = await house.start('', prepared(steps('ok', 'fail now', 'ok')));
  const summary = await ended(house, run);
  expect(summary).toMatchObject({ status: 'failed', status_reason: 'bootstrap_failed' });
  expect(summary.error?.message).toBe(
    'prepare step 2 of 3 failed with exit code 1: fail now\nMend the command, or change run.prepare.steps[1] in the settings of the workflow or project, and start the run again.',
  );
  expect(house.commands.started).toEqual(['ok', 'fail now']);
  expect(names(house, run).slice(-3)).toEqual([
    'setup.command.completed',
    'setup.failed',
    'run.failed',
  ]);
  expect(names(house, run)).not.toContain('run.started');
});

test('§12 run.prepare: a variable that may not be named fails its step and not the server', async () => {
  const house = await openHouse();
  const run = await house.start('', prepared(steps('echo {{ env.NOT_THERE }}')));
  expect((await ended(house, run)).error?.message).toMatch(
    /^prepare step 1 of 1 could not be started \(echo .*\): run\.prepare\.steps\[0\].* names \{\{ env\.NOT_THERE \}\}/,
  );
});

test('§12 run.prepare: a dry run prepares nothing', async () => {
  const house = await openHouse();
  const run = await house.start('', prepared(steps('fail'), { dry_run: true }));
  expect((await ended(house, run)).status).toBe('completed');
  expect(house.commands.started).toEqual([]);
  expect(names(house, run)).not.toContain('setup.started');
});

test('a run is cancelled in the middle of a step: the step ends, and the run is cancelled', async () => {
  const house = await openHouse();
  const run = await house.start('', prepared(steps('wait for it', 'ok')));
  await house.event(run, 'setup.command.started');
  await house.service.cancel(run, CALLER);
  const summary = await ended(house, run);
  expect(summary).toMatchObject({ status: 'cancelled', status_reason: 'cancelled' });
  expect(house.commands.started).toEqual(['wait for it']);
});

test('a server that stops in a step lets the run go; the next one repeats that step and no other', async () => {
  const house = await openHouse();
  const run = await house.start('', prepared(steps('ok first', 'wait second', 'ok third')));
  await house.event(run, 'setup.command.started', 2);
  await house.queue.stop();
  expect(names(house, run).at(-1)).toBe('run.suspended');
  const next = house.next();
  next.queue.recover();
  next.commands.release('second');
  expect((await ended(next, run)).status).toBe('completed');
  expect(next.commands.started).toEqual([
    'ok first',
    'wait second',
    'wait second',
    'ok third',
    'ok',
  ]);
  const events = names(next, run);
  expect(events.filter((e) => e === 'setup.started')).toHaveLength(1);
  expect(events.filter((e) => e === 'setup.command.started')).toHaveLength(3);
  expect(events.filter((e) => e === 'setup.command.completed')).toHaveLength(3);
});

test('decision 10 of the design: three deaths in the preparation end the run as terminated', async () => {
  const house = await openHouse({ maxConcurrentRuns: 1 });
  const blocker = await house.start('w [shape=parallelogram, script="wait w"] start -> w -> exit');
  await house.event(blocker, 'command.started');
  const run = await house.create('', prepared(steps('ok')));
  // Three servers took the run up and died before it was prepared.
  await house.put(
    run,
    { event: 'run.queued', properties: {} },
    { event: 'run.starting', properties: {} },
    { event: 'sandbox.initializing', properties: { provider: 'local' } },
    {
      event: 'sandbox.initialized',
      properties: { provider: 'local', working_directory: house.ports.storageRoot },
    },
    { event: 'setup.started', properties: { command_count: 1 } },
    { event: 'run.resumed', properties: { epoch: 2 } },
    { event: 'run.resumed', properties: { epoch: 3 } },
  );
  await house.queue.stop();
  const next = house.next({ maxConcurrentRuns: 5 });
  next.queue.recover();
  const summary = await ended(next, run);
  expect(summary).toMatchObject({ status: 'failed', status_reason: 'terminated' });
  expect(summary.error?.message).toBe(
    'the server died 3 times in a row while the run was being prepared; the run is given up. Look at the steps of run.prepare.',
  );
});

/** A journal whose appends fail from the n-th on, as those of a server that has died. */
function dyingAfter(journal: Journal, appends: number): Journal {
  let left = appends;
  const append: Journal['append'] = (request) =>
    left-- > 0
      ? journal.append(request)
      : Promise.reject(new FabroError('unavailable', 'the server has died'));
  return new Proxy(journal, {
    get: (target, name) => {
      if (name === 'append') return append;
      const found: unknown = Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

test.each(Array.from({ length: 14 }, (_, i) => i + 3))(
  'a server that dies after its append number %i: the next one runs no recorded step again, and records each once',
  async (appends) => {
    const real = createMemoryJournal({ projections: RUN_PROJECTIONS });
    onTestFinished(() => real.close());
    const house = await openHouse({ journal: dyingAfter(real, appends) });
    const run = await house.start('', prepared(steps('ok one', 'ok two', 'ok three')));
    await house.queue.idle(run);
    const recordedBefore = house
      .events(run)
      .filter((e) => e.event === 'setup.command.completed').length;
    await house.queue.stop();
    const ranBefore = house.commands.started.splice(0);
    const next = house.next({ journal: real });
    next.queue.recover();
    expect((await ended(next, run)).status).toBe('completed');
    const all = ['ok one', 'ok two', 'ok three'];
    const ranAfter = next.commands.started.filter((command) => all.includes(command));
    expect(ranBefore.length).toBeLessThanOrEqual(recordedBefore + 2);
    expect(ranAfter).toEqual(all.slice(recordedBefore));
    const events = names(next, run);
    for (const [event, times] of [
      ['setup.started', 1],
      ['setup.command.started', 3],
      ['setup.command.completed', 3],
      ['setup.completed', 1],
      ['run.started', 1],
      ['retro.completed', 1],
    ] as const)
      expect(
        events.filter((e) => e === event),
        event,
      ).toHaveLength(times);
  },
);
