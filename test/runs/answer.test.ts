import { expect, test } from 'vitest';
import { CALLER, GATE, openHouse, type House } from './house.js';
import type { RunId } from '@fabro/protocol';

const PAGE = { limit: 20, offset: 0 };

async function asked(house: House): Promise<{ readonly run: RunId; readonly question: string }> {
  const run = await house.start(GATE);
  const event = await house.event(run, 'interview.started');
  return { run, question: String(event.properties['question_id']) };
}

test('of two answers one wins, and the other learns that the question was answered', async () => {
  const house = await openHouse();
  const { run, question } = await asked(house);
  const results = await Promise.allSettled(
    ['Y', 'N'].map((key) =>
      house.service.answer(run, question, { selected_option_key: key }, CALLER),
    ),
  );
  const refused = results.flatMap((r) =>
    r.status === 'rejected' ? [String(r.reason.message)] : [],
  );
  expect(refused).toEqual(['Question no longer exists or was already answered.']);
  await house.event(run, 'run.completed');
  expect(house.events(run).filter((e) => e.event === 'interview.completed')).toHaveLength(1);
});

test('decision 9: an answer before the run runs is `Run is not yet running.`', async () => {
  const house = await openHouse({ maxConcurrentRuns: 0 });
  const run = await house.create(GATE);
  const answer = () => house.service.answer(run, 'q', { value: 'yes' }, CALLER);
  const refusal = { code: 'conflict', message: 'Run is not yet running.' };
  await expect(answer()).rejects.toMatchObject(refusal);
  await house.put(run, { event: 'run.queued', properties: {} });
  await expect(answer()).rejects.toMatchObject(refusal);
  await house.put(run, { event: 'run.starting', properties: {} });
  await expect(answer()).rejects.toMatchObject(refusal);
});

test('an answer is taken while the run is paused, and acted on when it goes on', async () => {
  const house = await openHouse();
  const { run, question } = await asked(house);
  await house.service.pause(run, CALLER);
  await house.service.answer(run, question, { selected_option_key: 'N' }, CALLER);
  await house.event(run, 'run.paused');
  await house.service.unpause(run, CALLER);
  await house.event(run, 'run.completed');
  expect(house.commands.started).toEqual([]);
});

test('an answer to a run that was cancelled meanwhile comes too late', async () => {
  const house = await openHouse();
  const { run, question } = await asked(house);
  expect((await house.service.questions(run, PAGE)).data).toMatchObject([
    { id: question, question_type: 'multiple_choice', stage: 'ask', allow_freeform: false },
  ]);
  expect(await house.service.get(run)).toMatchObject({ status: 'running' });
  await house.service.cancel(run, CALLER);
  await house.event(run, 'run.failed');
  await expect(
    house.service.answer(run, question, { selected_option_key: 'Y' }, CALLER),
  ).rejects.toThrow('Question no longer exists or was already answered.');
  expect((await house.service.questions(run, PAGE)).data).toEqual([]);
});

test('an open question survives a restart under its own id', async () => {
  const house = await openHouse();
  const { run, question } = await asked(house);
  await house.queue.stop();
  const next = house.next();
  next.queue.recover();
  await house.event(run, 'run.resumed');
  await next.service.answer(run, question, { selected_option_key: 'Y' }, CALLER);
  await house.event(run, 'run.completed');
  expect(house.events(run).filter((e) => e.event === 'interview.started')).toHaveLength(1);
});
