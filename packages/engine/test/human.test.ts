/** Human gates: every kind of question and every row of the answers (§3.2). */
import type { Answer, QuestionType } from '@fabro/protocol';
import { describe, expect, it, test } from 'vitest';
import { humanHandler } from '../src/handlers/human.js';
import { HandWalk } from './hand-walk.js';
import { fakePorts, type FakeWorld } from './stage-ports.js';

const EDGES = 'ask -> ship [label="[Y] Yes"] ask -> stop [label="[N] No"]';
const FREE = 'ask -> think [freeform=true]';

function inputOf(edges: string, attributes = '', autoApprove = false) {
  const walk = new HandWalk(
    `ask [shape=hexagon, label="Ship it?"${attributes}] ship stop think start -> ask ${edges}`,
    { settings: { autoApprove } },
  );
  walk.acts();
  return walk.input();
}

async function answer(given: Answer, edges = EDGES, attributes = '') {
  const input = inputOf(edges, attributes);
  const ports = fakePorts(input, { answer: Promise.resolve(given) });
  return humanHandler.act(input, ports);
}

function selected(key: string, label: string, to: string) {
  return {
    retryable: false,
    outcome: {
      status: 'succeeded',
      preferred_label: label,
      suggested_next_ids: [to],
      context_updates: { 'human.gate.selected': key, 'human.gate.label': label },
    },
  };
}
const yes = selected('Y', '[Y] Yes', 'ship');
const no = selected('N', '[N] No', 'stop');

describe('an answer', () => {
  test.each<[Answer, unknown]>([
    [{ kind: 'selected', key: 'Y' }, yes],
    [{ kind: 'selected', key: 'n' }, no],
    [{ kind: 'text', text: ' [n] no ' }, no],
    [{ kind: 'text', text: 'y' }, yes],
    [{ kind: 'text', text: 'neither' }, yes],
    [{ kind: 'yes' }, yes],
    [{ kind: 'no' }, no],
    [{ kind: 'multi_selected', keys: ['N'] }, no],
  ])('%j', async (given, expected) => {
    expect(await answer(given)).toEqual(expected);
  });

  it('of several keys suggests all of their targets, in the order of the edges', async () => {
    expect((await answer({ kind: 'multi_selected', keys: ['N', 'Y'] })).outcome).toMatchObject({
      preferred_label: '[Y] Yes',
      suggested_next_ids: ['ship', 'stop'],
      context_updates: { 'human.gate.selected': 'Y,N' },
    });
  });

  // §5.1 human.gate
  it('in free text takes the freeform edge', async () => {
    const result = await answer({ kind: 'text', text: 'Wait a day' }, `${EDGES} ${FREE}`);
    expect(result.outcome).toEqual({
      status: 'succeeded',
      preferred_label: 'Wait a day',
      suggested_next_ids: ['think'],
      context_updates: {
        'human.gate.selected': 'freeform',
        'human.gate.label': 'Wait a day',
        'human.gate.text': 'Wait a day',
      },
    });
  });

  it('that skips fails for good', async () => {
    expect(await answer({ kind: 'skipped' })).toEqual({
      retryable: false,
      outcome: {
        status: 'failed',
        failure: { message: 'human skipped interaction', failure_class: 'deterministic' },
      },
    });
  });
});

it('a gate without edges fails (§3.2)', async () => {
  const input = inputOf('');
  expect(await humanHandler.act(input, fakePorts(input))).toMatchObject({
    retryable: false,
    outcome: {
      failure: {
        message: 'No outgoing edges for human gate',
        failure_class: 'deterministic',
      },
    },
  });
});

describe('a question', () => {
  const ask = async (edges: string, attributes = '', world: FakeWorld = {}) => {
    const input = inputOf(edges, attributes);
    input.frame.context.set('last_stage', 'plan');
    input.frame.context.set('response.plan', '  The plan.\n');
    const ports = fakePorts(input, { answer: Promise.resolve({ kind: 'yes' }), ...world });
    await humanHandler.act(input, ports);
    return { ports, input };
  };

  it('says what is asked, the choices, and what the last stage answered', async () => {
    const { ports } = await ask(EDGES);
    expect(ports.notes).toEqual([
      {
        stage_id: 'ask@1',
        event: 'interview.started',
        properties: {
          question_id: 'ulid-1',
          question: 'Ship it?',
          stage: 'ask',
          question_type: 'multiple_choice',
          options: [
            { key: 'Y', label: '[Y] Yes' },
            { key: 'N', label: '[N] No' },
          ],
          allow_freeform: false,
          context_display: 'The plan.',
        },
      },
    ]);
  });

  test.each<[string, string, QuestionType]>([
    [EDGES, '', 'multiple_choice'],
    [FREE, '', 'freeform'],
    [EDGES, ', question_type="yes_no"', 'yes_no'],
    [EDGES, ', question_type="confirmation"', 'confirmation'],
    [EDGES, ', question_type="multi_select"', 'multi_select'],
    [EDGES, ', question_type="freeform"', 'freeform'],
    [EDGES, ', question_type="riddle"', 'multiple_choice'],
  ])('with edges "%s" and "%s" is %s', async (edges, attributes, type) => {
    const { ports } = await ask(edges, attributes);
    expect(ports.notes[0]?.properties).toMatchObject({ question_type: type });
  });

  it('stores when it is due, counted from the start of the attempt (decision 3)', async () => {
    const { ports, input } = await ask(EDGES, ', timeout="1h"');
    expect(ports.notes[0]?.properties).toMatchObject({
      due_at: input.stage.startedAtMs + 3_600_000,
    });
  });

  it('that is open already is adopted, with its answer (decision 3)', async () => {
    const input = inputOf(EDGES);
    const ports = fakePorts(input, {
      open: {
        id: 'q',
        stageId: input.stage.stageId,
        frame: input.frame.id,
        properties: {
          question_id: 'q',
          question: 'Ship it?',
          stage: 'ask',
          question_type: 'multiple_choice',
          options: [],
          allow_freeform: false,
        },
        answer: { kind: 'no' },
      },
    });
    expect(await humanHandler.act(input, ports)).toEqual(no);
    expect(ports.notes).toEqual([]);
  });
});

describe('a question that nobody answers in time', () => {
  const late = (attributes: string) => {
    const input = inputOf(EDGES, `, timeout="1h"${attributes}`);
    return humanHandler.act(input, fakePorts(input, { dueAtOnce: true }));
  };

  test.each(['stop', 'N', '[N] No'])('takes the default choice "%s"', async (choice) => {
    expect(await late(`, human.default_choice="${choice}"`)).toEqual({
      ...no,
      events: [
        {
          stage_id: 'ask@1',
          event: 'interview.timeout',
          properties: { question_id: 'ulid-1' },
        },
      ],
    });
  });

  it('asks for another attempt when there is no default', async () => {
    expect(await late('')).toMatchObject({
      retryable: true,
      outcome: {
        status: 'failed',
        failure: { message: 'human gate timeout, no default', system_actor: 'timeout' },
      },
    });
  });
});

describe('with auto-approve a question answers itself', () => {
  test.each<[string, string, Answer]>([
    [EDGES, '', { kind: 'selected', key: 'Y' }],
    [EDGES, ', question_type="yes_no"', { kind: 'yes' }],
    [EDGES, ', question_type="confirmation"', { kind: 'yes' }],
    [EDGES, ', question_type="multi_select"', { kind: 'multi_selected', keys: ['Y'] }],
    [FREE, '', { kind: 'text', text: 'auto-approved' }],
  ])('edges "%s", "%s": %j', async (edges, attributes, expected) => {
    const input = inputOf(edges, attributes, true);
    const ports = fakePorts(input);
    await humanHandler.act(input, ports);
    expect(ports.notes.map((n) => n.event)).toEqual(['interview.started', 'interview.completed']);
    expect(ports.notes[1]).toMatchObject({
      actor: { kind: 'system', system_kind: 'engine' },
      properties: { answer: expected },
    });
  });
});

describe('in a dry run', () => {
  it('the first edge that is not freeform is taken', () => {
    expect(humanHandler.simulate(inputOf(`${FREE} ${EDGES}`))).toEqual(yes.outcome);
  });

  it('else the freeform one', () => {
    expect(humanHandler.simulate(inputOf(FREE))).toMatchObject({
      preferred_label: '[Simulated] auto-selected',
      suggested_next_ids: ['think'],
      context_updates: { 'human.gate.selected': 'freeform' },
    });
  });
});
