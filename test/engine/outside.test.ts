/** What others append while a run is walked. */
import type { AnyEvent, EventDraft } from '@fabro/protocol';
import { expect, it } from 'vitest';
import { walk } from './live-run.js';

const ends = 'start [shape=Mdiamond] exit [shape=Msquare]';

function names(events: readonly AnyEvent[]): readonly string[] {
  return events.map((e) => e.event);
}

function answer(event: AnyEvent): EventDraft {
  return {
    event: 'interview.completed',
    properties: { question_id: String(event.properties['question_id']), answer: { kind: 'yes' } },
  };
}

const gate = `digraph G { ${ends} ask [shape=hexagon] start -> ask ask -> exit [label="[Y] Yes"] }`;

it('a run says that it is blocked as soon as it asks, and that it is not when it is answered', async () => {
  let question: AnyEvent | undefined;
  const run = await walk({
    source: gate,
    script: () => ({ exit: 0 }),
    // The person waits for the run to say that it waits for them.
    others: (event) => {
      if (event.event === 'interview.started') question = event;
      return event.event === 'run.blocked' && question !== undefined ? answer(question) : undefined;
    },
  });
  expect(run.conclusion).toEqual({ status: 'completed', reason: 'completed' });
  expect(names(run.events).filter((n) => /blocked|interview/.test(n))).toEqual([
    'interview.started',
    'run.blocked',
    'interview.completed',
    'run.unblocked',
  ]);
});

it('an answer that comes with the question is taken', async () => {
  const run = await walk({
    source: gate,
    script: () => ({ exit: 0 }),
    others: (event) => (event.event === 'interview.started' ? answer(event) : undefined),
  });
  expect(run.conclusion).toEqual({ status: 'completed', reason: 'completed' });
});

it('a cancel ends an open question, and the run', async () => {
  const run = await walk({
    source: gate,
    script: () => ({ exit: 0 }),
    others: (event) =>
      event.event === 'interview.started'
        ? { event: 'run.cancel.requested', properties: { action: 'cancel' } }
        : undefined,
  });
  expect(run.conclusion).toMatchObject({ status: 'failed', reason: 'cancelled' });
  expect(names(run.events)).toContain('interview.interrupted');
  expect(run.events.at(-1)).toMatchObject({ event: 'stage.failed', stage_id: 'ask@1' });
});

it('an event of a type that this release does not know leaves no gap', async () => {
  const run = await walk({
    source: `digraph G { ${ends} a [shape=parallelogram, script="a"] start -> a -> exit }`,
    script: () => ({ exit: 0 }),
    others: (event) => (event.event === 'run.running' ? 'run.hummed' : undefined),
  });
  expect(names(run.events)).toContain('run.hummed');
  expect(run.state.seq).toBe(run.events.length);
});

it('a cancel that comes while the start of a command is committed keeps it from running', async () => {
  const run = await walk({
    source: `digraph G { ${ends} a [shape=parallelogram, script="a"] start -> a -> exit }`,
    script: () => ({ exit: 0 }),
    others: (event) =>
      event.event === 'run.started'
        ? { event: 'run.cancel.requested', properties: { action: 'cancel' } }
        : undefined,
  });
  expect(run.conclusion).toMatchObject({ reason: 'cancelled' });
  expect(run.world.ledger).toEqual([]);
});
