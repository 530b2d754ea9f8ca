import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErrorBody, FabroError, RunManifest } from '@fabro/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { RUN, completed, script, stage, started, usage } from './support/events.js';
import { fakeIo } from './support/fake-io.js';
import { fakeServer } from './support/fake-server.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-cli-'));
  await mkdir(join(folder, 'home'));
  await writeFile(
    join(folder, 'ok.fabro'),
    'digraph Ok { graph [goal="Say hi"] start [shape=Mdiamond] exit [shape=Msquare] start -> exit }\n',
  );
  await writeFile(join(folder, 'broken.fabro'), 'digraph Broken {\n  a -- b\n}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SERVER = { FABRO_SERVER: 'http://127.0.0.1:1', FABRO_DEV_TOKEN: 'token' };
const io = (options: Parameters<typeof fakeIo>[0] = {}) =>
  fakeIo({ cwd: folder, ...options, env: { HOME: join(folder, 'home'), ...options.env } });

const succeededRun = () => {
  const e = script();
  const fix = stage('fix', 'Fix');
  return [
    e(0, 'run.started', { name: 'Ok' }),
    e(0, 'stage.started', started('agent'), fix),
    e(1500, 'agent.session.ended', { visit: 1, turns: 3, tool_calls: 5 }, fix),
    e(1500, 'stage.completed', completed(1500, { usage: usage(2500) }), fix),
    e(1600, 'run.completed', { duration_ms: 1600, status: 'succeeded', reason: 'completed' }),
  ];
};

describe('exit codes (engine reference §13)', () => {
  // §13 --version
  it.each([
    [['--version'], 0],
    [['version'], 0],
    [['--help'], 0],
    [['ps', '--help'], 0],
    [[], 2],
    [['nonsense'], 2],
    [['run'], 2],
    [['run', 'x.fabro', '--in-place', '--sandbox', 'local'], 2],
    [['run', 'x.fabro', '--sandbox', 'moon'], 2],
    [['run', 'x.fabro', '--label', 'novalue'], 2],
    [['ps', '--quiet', '--verbose'], 2],
    [['wait', 'x', '--interval', 'soon'], 2],
    [['run', 'missing.fabro'], 1],
    [['validate', 'ok.fabro'], 0],
    [['validate', 'broken.fabro'], 1],
    [['run', 'ok.fabro', '--run-id', 'x'], 2],
  ])('%j gives %i', async (argv, code) => {
    expect(await runCli(argv, io())).toBe(code);
  });

  it('§13 exit 4: gives 4 and names the remedy when the server asks for a credential', async () => {
    const fake = io({
      env: { FABRO_SERVER: 'http://127.0.0.1:1' },
      world: {
        fetchFor: async () => async () =>
          Response.json(
            {
              errors: [
                { status: '401', title: 'Unauthorized', detail: 'Authentication required.' },
              ],
            },
            { status: 401 },
          ),
      },
    });
    expect(await runCli(['ps'], fake)).toBe(4);
    expect(fake.err()).toContain('error: Authentication required.');
  });

  it('prints the error body of every failure on stdout under --json, and nothing on stderr', async () => {
    for (const argv of [
      ['ps', '--json', '--nope'],
      ['run', 'missing.fabro', '--json'],
    ]) {
      const fake = io();
      expect(await runCli(argv, fake)).not.toBe(0);
      expect(ErrorBody.parse(JSON.parse(fake.out())).errors).toHaveLength(1);
      expect(fake.err()).toBe('');
    }
  });

  it.each([
    [['atach', 'x', '--json'], "unknown command 'atach'; did you mean 'attach'?"],
    [['--nonsense', 'ps', '--json'], "unknown option '--nonsense'"],
  ])('%j: names the first word that is wrong', async (argv, detail) => {
    const fake = io();
    expect(await runCli(argv, fake)).toBe(2);
    expect(ErrorBody.parse(JSON.parse(fake.out())).errors[0]?.detail).toBe(detail);
  });

  it('prints the chain of causes under --debug', async () => {
    const fake = io({
      env: SERVER,
      world: {
        fetchFor: async () => {
          throw new FabroError('unavailable', 'no way', { cause: new Error('the root of it') });
        },
      },
    });
    expect(await runCli(['ps', '--debug'], fake)).toBe(1);
    expect(fake.err()).toMatch(/error: no way[^]*caused by: Error: the root of it/);
  });
});

describe('validate, parse and graph need no server', () => {
  // §13 validate
  it('validate names the workflow and its size', async () => {
    const fake = io();
    expect(await runCli(['validate', 'ok.fabro'], fake)).toBe(0);
    expect(fake.err()).toBe('Workflow: Ok (2 nodes, 1 edge)\nGraph: ok.fabro\nValidation: OK\n');
    expect(fake.out()).toBe('');
  });

  it('validate shows the place of an error with a code frame', async () => {
    const fake = io();
    expect(await runCli(['validate', 'broken.fabro'], fake)).toBe(1);
    expect(fake.err()).toContain('broken.fabro:2:');
    expect(fake.err()).toContain('2 |   a -- b');
    expect(fake.err()).toContain('error: Validation failed');
  });

  // §13 validate --json
  it('validate --json has the documented shape', async () => {
    const fake = io();
    expect(await runCli(['validate', 'ok.fabro', '--json'], fake)).toBe(0);
    expect(JSON.parse(fake.out())).toEqual({
      workflow_name: 'Ok',
      nodes: 2,
      edges: 1,
      valid: true,
      diagnostics: [],
    });
  });

  // §13 parse
  it('parse prints the syntax tree', async () => {
    const fake = io();
    expect(await runCli(['parse', 'ok.fabro'], fake)).toBe(0);
    expect(JSON.parse(fake.out())).toMatchObject({
      name: 'Ok',
      statements: [{ GraphAttr: [['goal', { Str: 'Say hi' }]] }, {}, {}, {}],
    });
  });

  // §13 graph, §13 graph -d
  it('graph prints DOT in the direction asked for', async () => {
    const fake = io();
    expect(await runCli(['graph', 'ok.fabro', '-d', 'lr'], fake)).toBe(0);
    expect(fake.out()).toContain('"rankdir"="LR"');
  });

  // §13 graph --format, §13 graph -o
  it('graph --format svg draws, -o into a file', async () => {
    const fake = io();
    expect(await runCli(['graph', 'ok.fabro', '--format', 'svg'], fake)).toBe(0);
    expect(fake.out()).toContain('<svg');
    const file = io();
    expect(await runCli(['graph', 'ok.fabro', '--format', 'svg', '-o', 'ok.svg'], file)).toBe(0);
    expect(file.out()).toBe('');
    expect(await readFile(join(folder, 'ok.svg'), 'utf8')).toContain('<svg');
  });

  it('graph -o NAME.svg draws without being told the format, unless it is told another', async () => {
    expect(await runCli(['graph', 'ok.fabro', '-o', 'drawn.SVG'], io())).toBe(0);
    expect(await readFile(join(folder, 'drawn.SVG'), 'utf8')).toContain('<svg');
    expect(await runCli(['graph', 'ok.fabro', '--format', 'dot', '-o', 'x.svg'], io())).toBe(0);
    expect(await readFile(join(folder, 'x.svg'), 'utf8')).toMatch(/^digraph /);
  });

  it('graph refuses --json where it writes to stdout, and a workflow with errors', async () => {
    expect(await runCli(['graph', 'ok.fabro', '--json'], io())).toBe(2);
    expect(await runCli(['graph', 'ok.fabro'], io({ env: { FABRO_JSON: '1' } }))).toBe(0);
    expect(await runCli(['graph', 'broken.fabro'], io())).toBe(1);
  });
});

describe('run', () => {
  // §13 text head, §13 text stages
  it('creates, starts and follows, with plain lines in a pipe and the result on stdout', async () => {
    const server = fakeServer();
    server.events = succeededRun();
    const fake = io({ env: SERVER, world: server.world });
    const code = await runCli(
      [
        'run',
        'ok.fabro',
        '--goal',
        'Say ho',
        '--label',
        'a=b',
        '--input',
        'n=3',
        '--input',
        'who=Ada',
      ],
      fake,
    );
    expect(fake.err()).toBe(
      [
        'Workflow: Ok (2 nodes, 1 edge)',
        'Graph: ok.fabro',
        'Goal: Say ho',
        `Run: ${RUN}`,
        '✓ Fix  1.5s · 3 turns, 5 tool calls · 1.5k tokens · $0.0025',
        '',
      ].join('\n'),
    );
    expect(fake.out()).toContain('=== Run Result ===');
    expect(fake.out()).toContain('Status:   SUCCEEDED');
    expect(code).toBe(0);
    expect(server.requests).toEqual([
      'POST /runs',
      `POST /runs/${RUN}/start`,
      `GET /runs/${RUN}/attach?since_seq=1`,
    ]);
    const manifest = RunManifest.parse(server.bodies.get('POST /runs'));
    expect(manifest).toMatchObject({
      version: 1,
      cwd: folder,
      goal: { type: 'value', text: 'Say ho' },
      args: { label: ['a=b'], input: ['n=3', 'who="Ada"'] },
      target: { identifier: 'ok.fabro', path: 'ok.fabro' },
    });
    expect(fake.listeners()).toBe(0);
  });

  it.each([['run'], ['run', 'start']])(
    'decisions 2 and 11: --goal on `%s %s` replaces the goal of the workflow',
    async (...words) => {
      const server = fakeServer();
      const fake = io({ env: SERVER, world: server.world });
      const argv = [...words.filter(Boolean), 'ok.fabro', '--goal', 'Say ho', '-d'];
      expect(await runCli(argv, fake)).toBe(0);
      expect(RunManifest.parse(server.bodies.get('POST /runs')).goal).toEqual({
        type: 'value',
        text: 'Say ho',
      });
    },
  );

  it('gives 1 when the run fails', async () => {
    const server = fakeServer();
    const e = script();
    server.events = [
      e(0, 'run.failed', { error: 'boom', duration_ms: 1, reason: 'workflow_error' }),
    ];
    const fake = io({ env: SERVER, world: server.world });
    expect(await runCli(['run', 'start', 'ok.fabro'], fake)).toBe(1);
    expect(fake.out()).toContain('Error:    boom');
  });

  it('-d prints the id only, as JSON under --json', async () => {
    const server = fakeServer();
    const fake = io({ env: SERVER, world: server.world });
    expect(await runCli(['run', 'ok.fabro', '-d', '--json'], fake)).toBe(0);
    expect(fake.out()).toBe(`{"run_id":"${RUN}"}\n`);
    expect(fake.err()).toBe('');
  });

  it('posts nothing when the workflow is broken', async () => {
    const server = fakeServer();
    expect(await runCli(['run', 'broken.fabro'], io({ env: SERVER, world: server.world }))).toBe(1);
    expect(server.requests).toEqual([]);
  });

  // §13 attach Ctrl-C
  it('Ctrl-C detaches with code 130 and says how to come back', async () => {
    const server = fakeServer();
    const e = script();
    server.events = [
      e(0, 'run.started', { name: 'Ok' }),
      e(0, 'sandbox.ready', { provider: 'local', duration_ms: 1 }),
    ];
    server.holdStream = true;
    const fake = io({ env: SERVER, world: server.world });
    const done = runCli(['attach', RUN], fake);
    await expect.poll(() => fake.err()).toContain('Sandbox: local');
    fake.interrupt();
    expect(await done).toBe(130);
    expect(fake.err()).toContain(`fabro attach ${RUN}`);
    expect(fake.listeners()).toBe(0);
  });
});

describe('questions', () => {
  const question = {
    id: '01JNQVR7M0EJ5GKAT2SC4ERS2A',
    text: 'Keep this change?',
    question_type: 'multiple_choice' as const,
    options: [
      { key: 'A', label: 'Approve' },
      { key: 'R', label: 'Revise' },
    ],
    allow_freeform: false,
    stage: 'approve@1',
  };
  const asked = (e: ReturnType<typeof script>) =>
    e(0, 'interview.started', {
      question_id: question.id,
      question: question.text,
      stage: question.stage,
      question_type: question.question_type,
      options: question.options,
      allow_freeform: false,
    });

  it('are asked in a terminal and answered by key', async () => {
    const server = fakeServer();
    const e = script();
    server.events = [asked(e)];
    server.questions = [question];
    server.holdStream = true;
    const seen: string[] = [];
    const fake = io({
      tty: true,
      env: { ...SERVER, NO_COLOR: '1' },
      world: {
        ...server.world,
        prompter: async () => ({
          confirm: async () => undefined,
          multiselect: async () => undefined,
          text: async () => undefined,
          select: async (message, options) => {
            seen.push(message, ...options.map((option) => option.label));
            return 'A';
          },
        }),
      },
    });
    const done = runCli(['attach', RUN], fake);
    const path = `POST /runs/${RUN}/questions/${question.id}/answer`;
    await expect.poll(() => server.bodies.get(path)).toEqual({ selected_option_key: 'A' });
    server.send?.(
      e(9, 'run.completed', { duration_ms: 9, status: 'succeeded', reason: 'completed' }),
    );
    expect(await done).toBe(0);
    expect(seen).toEqual(['Keep this change?', 'Approve', 'Revise']);
    expect(fake.err().lastIndexOf('\x1b[?25h')).toBeGreaterThanOrEqual(
      fake.err().lastIndexOf('\x1b[?25l'),
    );
  });

  it('in a pipe are printed with the ways to answer them, and the run is followed on', async () => {
    const server = fakeServer();
    const e = script();
    server.events = [asked(e)];
    server.questions = [question];
    server.holdStream = true;
    const fake = io({ env: SERVER, world: server.world });
    const done = runCli(['attach', RUN], fake);
    await expect.poll(() => fake.err()).toContain(`fabro answer ${RUN} ${question.id} A`);
    expect(fake.err()).toContain(
      `-d '{"selected_option_key":"A"}' http://127.0.0.1:1/api/v1/runs/`,
    );
    server.send?.(
      e(5, 'interview.completed', {
        question_id: question.id,
        answer: { kind: 'selected', key: 'A' },
      }),
    );
    server.send?.(
      e(9, 'run.completed', { duration_ms: 9, status: 'succeeded', reason: 'completed' }),
    );
    expect(await done).toBe(0);
    expect(fake.err().split('Keep this change?')).toHaveLength(2);
    expect(fake.err()).toContain(`? question ${question.id}  Approve\n`);
  });

  it('of a run that approves by itself are not asked, although each is open for a moment', async () => {
    const server = fakeServer();
    const e = script();
    server.events = [
      asked(e),
      e(9, 'run.completed', { duration_ms: 9, status: 'succeeded', reason: 'completed' }),
    ];
    server.questions = [question];
    const fake = io({ env: SERVER, world: server.world });
    expect(await runCli(['run', 'ok.fabro', '--auto-approve'], fake)).toBe(0);
    expect(fake.err()).not.toContain('waits for an answer');
    expect(server.requests).not.toContain(`GET /runs/${RUN}/questions`);
  });

  it('that were answered before are not asked again on a replay', async () => {
    const server = fakeServer();
    const e = script();
    server.events = [
      asked(e),
      e(1, 'interview.completed', {
        question_id: question.id,
        answer: { kind: 'selected', key: 'R' },
      }),
      e(9, 'run.completed', { duration_ms: 9, status: 'succeeded', reason: 'completed' }),
    ];
    const fake = io({ tty: true, env: { ...SERVER, NO_COLOR: '1' }, world: server.world });
    expect(await runCli(['attach', RUN], fake)).toBe(0);
    expect(fake.err()).toContain('? Keep this change?  Revise');
  });

  it('`fabro answer` takes a label in any case and refuses what is no option', async () => {
    const server = fakeServer();
    server.questions = [question];
    const answer = (value: string) => {
      const fake = io({ env: SERVER, world: server.world });
      return runCli(['answer', RUN, question.id, value], fake).then((code) => [code, fake.err()]);
    };
    expect((await answer('approve'))[0]).toBe(0);
    const path = `POST /runs/${RUN}/questions/${question.id}/answer`;
    expect(server.bodies.get(path)).toEqual({ selected_option_key: 'A' });
    const [code, text] = await answer('maybe');
    expect(code).toBe(2);
    expect(text).toContain('expected one of A (Approve), R (Revise)');
  });

  describe('`fabro answer` without a question', () => {
    const answer = async (...questions: (typeof question)[]) => {
      const server = fakeServer();
      server.questions = questions;
      const fake = io({ env: SERVER, world: server.world });
      const code = await runCli(['answer', RUN, 'R'], fake);
      return { code, text: fake.err(), bodies: [...server.bodies] };
    };

    it('answers the only one that is open', async () => {
      expect(await answer(question)).toEqual({
        code: 0,
        text: 'Answered "Keep this change?".\n',
        bodies: [
          [`POST /runs/${RUN}/questions/${question.id}/answer`, { selected_option_key: 'R' }],
        ],
      });
    });

    it('asks for its id where several are open', async () => {
      const other = { ...question, id: 'another', text: 'And this?' };
      const { code, text, bodies } = await answer(question, other);
      expect([code, bodies]).toEqual([1, []]);
      expect(text).toContain(
        `has 2 open questions; name the one to answer: ${question.id} ("Keep this change?"), another ("And this?").`,
      );
    });

    it('says when none is open', async () => {
      const { code, text } = await answer();
      expect(code).toBe(1);
      expect(text).toContain('has no open question; it may be answered already. Open: none.');
    });
  });
});
