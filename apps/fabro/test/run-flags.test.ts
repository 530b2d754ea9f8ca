/** `fabro run`, `create`, `start`, `resume` and `wait`, flag by flag (engine reference §13). */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunManifest } from '@fabro/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { RUN, script } from './support/events.js';
import { fakeIo } from './support/fake-io.js';
import { fakeServer } from './support/fake-server.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-flags-'));
  await mkdir(join(folder, 'home'));
  await writeFile(
    join(folder, 'ok.fabro'),
    'digraph Ok { graph [goal="Say hi"] start [shape=Mdiamond] exit [shape=Msquare] start -> exit }\n',
  );
  await writeFile(join(folder, 'goal.md'), 'Say it from a file\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ended = (status: 'succeeded' | 'failed') => {
  const e = script();
  return status === 'succeeded'
    ? [e(9, 'run.completed', { duration_ms: 9, status, reason: 'completed' })]
    : [e(9, 'run.failed', { duration_ms: 9, error: 'boom', reason: 'workflow_error' })];
};

async function call(argv: readonly string[], status: 'succeeded' | 'failed' = 'succeeded') {
  const server = fakeServer();
  server.events = ended(status);
  const io = fakeIo({
    cwd: folder,
    env: { HOME: join(folder, 'home'), FABRO_SERVER: 'http://127.0.0.1:1', FABRO_DEV_TOKEN: 't' },
    world: server.world,
  });
  const code = await runCli(argv, io);
  return { code, out: io.out(), err: io.err(), server };
}

/** The manifest that a command line posts. */
async function manifestOf(...argv: string[]) {
  const { code, err, server } = await call(argv);
  expect(err).not.toContain('error:');
  expect(code).toBe(0);
  return RunManifest.parse(server.bodies.get('POST /runs'));
}

describe.each([['run'], ['run start'], ['create']])('%s', (words) => {
  const manifest = (...flags: string[]) => manifestOf(...words.split(' '), 'ok.fabro', ...flags);

  // §13 run --auto-approve, §13 run --dry-run, §13 run --in-place, §13 run --label, §13 run --model,
  // §13 run --provider, §13 run --no-retro, §13 run --preserve-sandbox, §13 run --sandbox, §13 run --verbose
  it.each([
    [['--auto-approve'], { auto_approve: true }],
    [['--dry-run'], { dry_run: true }],
    [['--in-place'], { in_place: true }],
    [['--label', 'a=b', '--label', 'c=d=e'], { label: ['a=b', 'c=d=e'] }],
    [['--model', 'gpt-5'], { model: 'gpt-5' }],
    [['--provider', 'openai'], { provider: 'openai' }],
    [['--no-retro'], { no_retro: true }],
    [['--preserve-sandbox'], { preserve_sandbox: true }],
    [['--sandbox', 'docker'], { sandbox: 'docker' }],
    [['-v'], { verbose: true }],
    [[], {}],
  ])('%j posts %j', async (flags, args) => {
    expect((await manifest(...flags)).args).toEqual(args);
  });

  // §13 run --goal, §13 run --goal-file, §13 run start, decision 11
  it('--goal and --goal-file replace the goal of the workflow', async () => {
    expect((await manifest('--goal', 'Say ho')).goal).toEqual({ type: 'value', text: 'Say ho' });
    expect((await manifest('--goal-file', 'goal.md')).goal).toEqual({
      type: 'file',
      text: 'Say it from a file',
      path: join(folder, 'goal.md'),
    });
  });

  // §13 run --run-id
  it('--run-id gives the new run its id, and is not shown', async () => {
    expect((await manifest('--run-id', RUN)).run_id).toBe(RUN);
    expect((await call([...words.split(' '), '--help'])).out).not.toContain('--run-id');
  });

  // §13 exit 2
  it.each([
    ['--goal', 'x', '--goal-file', 'goal.md'],
    ['--in-place', '--sandbox', 'local'],
    ['--sandbox', 'moon'],
    ['--label', 'novalue'],
  ])('refuses %s %s %s %s with exit code 2 and posts nothing', async (...flags) => {
    const { code, server } = await call([...words.split(' '), 'ok.fabro', ...flags]);
    expect(code).toBe(2);
    expect(server.requests).toEqual([]);
  });
});

describe('how a run is followed', () => {
  // §13 run, §13 attach, §13 resume, §13 exit 0, §13 exit 1
  it.each([
    ['run', 'ok.fabro'],
    ['attach', RUN],
    ['resume', RUN],
  ])('%s %s gives 0 when the run succeeded and 1 when it did not', async (...argv) => {
    expect((await call(argv)).code).toBe(0);
    expect((await call(argv, 'failed')).code).toBe(1);
  });

  // §13 run --detach, §13 resume --detach
  it.each([
    [['run', 'ok.fabro', '-d']],
    [['run', 'ok.fabro', '--detach']],
    [['resume', RUN, '-d']],
    [['resume', RUN, '--detach']],
  ])('%j prints the id on stdout and does not follow', async (argv) => {
    const { code, out, server } = await call(argv, 'failed');
    expect({ code, out }).toEqual({ code: 0, out: `${RUN}\n` });
    expect(server.requests.some((request) => request.includes('/attach'))).toBe(false);
    expect(server.requests).toContain(`POST /runs/${RUN}/start`);
  });

  it('resume asks for the run to be resumed', async () => {
    const { server } = await call(['resume', RUN]);
    expect(server.bodies.get(`POST /runs/${RUN}/start`)).toEqual({ resume: true });
  });

  // §13 create, §13 start
  it('create prints the id of a run that it does not start; start starts it', async () => {
    const created = await call(['create', 'ok.fabro', '--json']);
    expect(created.out).toBe(`{"run_id":"${RUN}"}\n`);
    expect(created.server.requests).toEqual(['POST /runs']);
    expect((await call(['create', 'ok.fabro'])).out).toBe(`${RUN}\n`);
    const begun = await call(['start', RUN, '--json']);
    expect(begun.server.requests).toContain(`POST /runs/${RUN}/start`);
    expect(JSON.parse(begun.out)).toMatchObject({ id: RUN });
  });

  // §13 RUN
  it.each(['start', 'attach', 'resume', 'logs', 'inspect', 'wait', 'cancel'])(
    '%s takes what the server resolves: an id, a prefix or a workflow',
    async (command) => {
      const { server } = await call([
        command,
        'hello',
        ...(command === 'inspect' ? ['--json'] : []),
      ]);
      expect(server.requests[0]).toBe('GET /runs/resolve?selector=hello');
    },
  );

  // §13 wait, §13 wait --timeout, §13 wait --interval, §13 wait --json
  it('wait looks every --interval milliseconds for at most --timeout seconds', async () => {
    const { out } = await call(['wait', RUN, '--json']);
    expect(JSON.parse(out)).toEqual({
      run_id: RUN,
      status: 'completed',
      duration_ms: 1500,
      total_usd_micros: 2500,
    });
    const server = fakeServer();
    server.status = 'running';
    const io = fakeIo({
      env: { FABRO_SERVER: 'http://127.0.0.1:1', FABRO_DEV_TOKEN: 't' },
      world: server.world,
    });
    expect(await runCli(['wait', RUN, '--timeout', '2', '--interval', '500'], io)).toBe(1);
    expect(server.requests.filter((request) => request === `GET /runs/${RUN}`)).toHaveLength(5);
  });

  // §13 stdout and stderr
  it('writes summaries to stderr and the result to stdout; --quiet leaves the former out', async () => {
    const loud = await call(['run', 'ok.fabro']);
    expect(loud.err).toBe(
      `Workflow: Ok (2 nodes, 1 edge)\nGraph: ok.fabro\nGoal: Say hi\nRun: ${RUN}\n`,
    );
    expect(loud.out).toMatch(/^\n=== Run Result ===\n/);
    expect((await call(['run', 'ok.fabro', '--quiet'])).err).toBe('');
    const json = await call(['run', 'ok.fabro', '--json']);
    expect(json.err).toBe('');
    expect(JSON.parse(json.out)).toMatchObject({ run_id: RUN, status: 'completed' });
  });
});
