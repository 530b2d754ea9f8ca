/** Questions and answers against the real server (decision 9; the five kinds of question). */
import { describe, expect, it } from 'vitest';
import { type ApiQuestion, QuestionPage } from '@fabro/protocol';
import { testHome } from './support/home.js';
import { Failure } from './support/http.js';
import { type Server, startServer } from './support/server.js';
import { until } from './support/wait.js';

/** One gate of each kind; each way on leads to the next gate, and the ledger of edges says which was taken. */
const GATES = `digraph Gates {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  yn [shape=hexagon, label="Go on?", question_type=yes_no]
  ok [shape=hexagon, label="Really?", question_type=confirmation]
  one [shape=hexagon, label="Which?", question_type=multiple_choice]
  many [shape=hexagon, label="Which ones?", question_type=multi_select]
  free [shape=hexagon, label="What then?"]
  start -> yn
  yn -> ok [label="[Y] Yes"]
  yn -> exit [label="[N] No"]
  ok -> one [label="Yes"]
  ok -> exit [label="No"]
  one -> many [label="[L] Left"]
  one -> exit [label="[R] Right"]
  many -> free [label="[A] Apples"]
  many -> exit [label="[B] Pears"]
  free -> exit [freeform=true]
}`;

async function question(server: Server, run: string, stage: string): Promise<ApiQuestion> {
  return until(`the question of ${stage}`, async () => {
    const page = (await server.api('GET', `/runs/${run}/questions`)).as(QuestionPage);
    return page.data.find((q) => q.stage === stage);
  });
}

const answer = (server: Server, run: string, id: string, body: unknown) =>
  server.api('POST', `/runs/${run}/questions/${id}/answer`, { body });

describe('questions', () => {
  it('all five kinds can be answered, wrong answers are 400 and leave the question open', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(GATES);
    const table = [
      ['yn', 'yes_no', [{ value: 'perhaps' }, {}], { value: 'yes' }],
      ['ok', 'confirmation', [{ value: '' }], { selected_option_key: 'yes' }],
      [
        'one',
        'multiple_choice',
        [{ selected_option_key: 'Z' }, { selected_option_keys: ['L'] }],
        { selected_option_key: 'L' },
      ],
      [
        'many',
        'multi_select',
        [{ selected_option_keys: ['A', 'Z'] }],
        { selected_option_keys: ['A', 'B'] },
      ],
      [
        'free',
        'freeform',
        [{ value: '   ' }, { selected_option_key: 'A' }],
        { value: 'Something else.' },
      ],
    ] as const;
    for (const [stage, kind, wrong, right] of table) {
      const asked = await question(server, run, stage);
      expect([stage, asked.question_type]).toEqual([stage, kind]);
      for (const body of wrong) {
        const wire = await answer(server, run, asked.id, body);
        expect([stage, body, wire.status]).toEqual([stage, body, 400]);
        expect(wire.as(Failure).title).toBe('Bad Request');
      }
      expect((await answer(server, run, asked.id, right)).status).toBe(204);
      const again = await answer(server, run, asked.id, right);
      expect([stage, again.status]).toEqual([stage, 409]);
      expect(again.as(Failure).detail).toBe('Question no longer exists or was already answered.');
    }
    expect(await server.ended(run)).toMatchObject({ status: 'completed' });
    const taken = (await server.events(run))
      .filter((e) => e.event === 'edge.selected')
      .map((e) => [e.properties['from_node'], e.properties['to_node']]);
    expect(taken).toEqual([
      ['start', 'yn'],
      ['yn', 'ok'],
      ['ok', 'one'],
      ['one', 'many'],
      ['many', 'free'],
      ['free', 'exit'],
    ]);
  });

  it('decision 9: an answer before the run is running is 409 and says so', async () => {
    const home = testHome();
    const server = await startServer(home, { args: ['--max-concurrent-runs', '1'] });
    const first = await server.run(GATES);
    await question(server, first, 'yn');
    const submitted = await server.create(GATES);
    const queued = await server.run(GATES);
    for (const run of [submitted, queued]) {
      const wire = await answer(server, run, '01JNQVR7M0EJ5GKAT2SC4ERS1Z', { value: 'yes' });
      expect(wire.status).toBe(409);
      expect(wire.as(Failure).detail).toBe('Run is not yet running.');
    }
  });

  it('of many answers at once exactly one is taken', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(GATES);
    const { id } = await question(server, run, 'yn');
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => answer(server, run, id, { value: 'no' })),
    );
    const statuses = answers.map((a) => a.status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([204, ...Array.from({ length: 11 }, () => 409)]);
    await server.ended(run);
    const recorded = (await server.events(run)).filter((e) => e.event === 'interview.completed');
    expect(recorded).toHaveLength(1);
  });

  it('an open question is the same after the server was killed, and its answer goes on with the run', async () => {
    const home = testHome();
    let server = await startServer(home);
    const run = await server.run(GATES);
    const before = await question(server, run, 'yn');
    await server.kill();
    server = await startServer(home);
    const after = await question(server, run, 'yn');
    expect(after).toEqual(before);
    await until(
      'the run to be running',
      async () => (await server.status(run)).status === 'running',
    );
    expect((await answer(server, run, after.id, { value: 'no' })).status).toBe(204);
    expect(await server.ended(run)).toMatchObject({ status: 'completed' });
    const asked = (await server.events(run)).filter((e) => e.event === 'interview.started');
    expect(asked).toHaveLength(1);
  });
});
