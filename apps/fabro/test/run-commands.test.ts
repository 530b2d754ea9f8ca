/** Commands that look at runs or delete them. */
import { describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.js';
import { RUN, completed, script, stage, started, usage } from './support/events.js';
import { fakeIo as io } from './support/fake-io.js';
import { type FakeServer, fakeServer } from './support/fake-server.js';

const SERVER = { FABRO_SERVER: 'http://127.0.0.1:1', FABRO_DEV_TOKEN: 'token' };

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

describe('logs, wait, ps and rm', () => {
  /** Lines without the time of day, which is that of the place where the test runs. */
  const logsOf = async (server: FakeServer, ...argv: string[]) => {
    const fake = io({ env: SERVER, world: server.world });
    expect(await runCli(['logs', RUN, ...argv], fake)).toBe(0);
    return fake
      .out()
      .replaceAll(/^\d\d:\d\d:\d\d /gm, '')
      .trimEnd()
      .split('\n');
  };

  it('§13 logs -n: the last N events, as JSON one a line under --json', async () => {
    const server = fakeServer();
    server.events = succeededRun();
    const lines = await logsOf(server, '-n', '2', '--json');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([4, 5]);
  });

  it('§13 logs: readable lines with stage, result and duration; §13 logs -p is accepted', async () => {
    const server = fakeServer();
    server.events = succeededRun();
    const expected = [
      '                 ● started',
      ' fix             ▸ Fix (agent)',
      ' fix             ✓ succeeded  1.5s · 1.5k tokens · $0.0025',
      '                 ■ succeeded  1.6s',
    ];
    expect(await logsOf(server)).toEqual(expected);
    expect(await logsOf(server, '-p')).toEqual(expected);
  });

  it('§13 logs --since: only events from a time on, or of the last minutes', async () => {
    const server = fakeServer();
    server.events = succeededRun();
    const end = ['                 ■ succeeded  1.6s'];
    expect(await logsOf(server, '--since', '2026-01-31T12:00:01.600Z')).toEqual(end);
    expect(await logsOf(server, '--since', '10m')).toHaveLength(4);
  });

  it('§13 logs -f: follows with live output until the run ends', async () => {
    const server = fakeServer();
    const e = script();
    const test = stage('test', 'Test');
    server.events = [
      e(0, 'run.started', { name: 'Ok' }),
      e(0, 'stage.started', started('command'), test),
    ];
    server.holdStream = true;
    const fake = io({ env: SERVER, world: server.world });
    const done = runCli(['logs', '-f', RUN], fake);
    await expect.poll(() => server.send).toBeTypeOf('function');
    server.live?.({
      ...test,
      event: 'command.output.delta',
      properties: { stream: 'stdout', delta: 'half a line' },
    });
    server.live?.({
      ...test,
      event: 'command.output.delta',
      properties: { stream: 'stdout', delta: ', whole\n' },
    });
    server.send?.(e(9, 'stage.completed', completed(9), test));
    server.send?.(
      e(9, 'run.completed', { duration_ms: 9, status: 'succeeded', reason: 'completed' }),
    );
    expect(await done).toBe(0);
    expect(
      fake
        .out()
        .split('\n')
        .map((line) => line.slice(9)),
    ).toEqual([
      '                 ● started',
      ' test            ▸ Test (command)',
      '                 │ half a line, whole',
      ' test            ✓ succeeded  9ms',
      '                 ■ succeeded  9ms',
      '',
    ]);
    expect(fake.listeners()).toBe(0);
  });

  // §13 inspect
  it('inspect shows a page for people, and all that the server knows as JSON', async () => {
    const server = fakeServer();
    const page = io({ env: SERVER, world: server.world });
    expect(await runCli(['inspect', RUN], page)).toBe(0);
    expect(page.out()).toMatch(
      /^Run: +01JNQVR7.*\nWorkflow: +Demo\nGoal: +Fix it\nStatus: +completed\n/,
    );
    const json = io({ env: SERVER, world: server.world });
    expect(await runCli(['inspect', RUN, '--json'], json)).toBe(0);
    expect(JSON.parse(json.out())).toEqual({ run_id: RUN });
  });

  it('wait gives 0 for a completed run and 1 for a failed one', async () => {
    const server = fakeServer();
    const fake = io({ env: SERVER, world: server.world });
    expect(await runCli(['wait', RUN, '--json'], fake)).toBe(0);
    expect(JSON.parse(fake.out())).toEqual({
      run_id: RUN,
      status: 'completed',
      duration_ms: 1500,
      total_usd_micros: 2500,
    });
    server.status = 'failed';
    expect(await runCli(['wait', RUN], io({ env: SERVER, world: server.world }))).toBe(1);
  });

  it('wait gives up after --timeout and the run goes on', async () => {
    const server = fakeServer();
    server.status = 'running';
    const fake = io({ env: SERVER, world: server.world });
    expect(await runCli(['wait', RUN, '--timeout', '3'], fake)).toBe(1);
    expect(fake.err()).toContain('still running after 3 s; it goes on');
  });

  // §13 ps, §13 ps -a, §13 ps -q
  it('ps asks for runs under way only, and for all with -a; -q prints ids', async () => {
    const server = fakeServer();
    const fake = io({ env: SERVER, world: server.world });
    expect(await runCli(['ps', '-q'], fake)).toBe(0);
    expect(fake.out()).toBe(`${RUN}\n`);
    const statuses = (request = '') =>
      new URL(request.slice(4), 'http://x').searchParams.getAll('status');
    expect(statuses(server.requests[0]).join()).toBe('submitted,queued,starting,running,paused');
    await runCli(['ps', '-a'], io({ env: SERVER, world: server.world }));
    expect(statuses(server.requests[1])).toEqual([]);
  });

  // §13 ps --before, §13 ps --workflow, §13 ps --label, §13 ps --orphans
  it('ps filters by time, workflow and labels', async () => {
    const server = fakeServer();
    const list = async (...argv: string[]) => {
      const fake = io({ env: SERVER, world: server.world });
      expect(await runCli(['ps', '-aq', ...argv], fake)).toBe(0);
      return fake.out();
    };
    expect(await list('--workflow', 'demo', '--label', 'a=b', '--orphans')).toBe(`${RUN}\n`);
    const query = new URL(server.requests[0]?.slice(4) ?? '', 'http://x').searchParams;
    expect(query.get('workflow')).toBe('demo');
    expect([...query.entries()].find(([name]) => name.startsWith('label'))?.join()).toContain('a');
    expect(await list('--before', '2026-01-31T11:00:00Z')).toBe('');
    expect(await list('--before', '2026-01-31T11:00:01Z')).toBe(`${RUN}\n`);
  });

  it('ps shows how long a run took, or how long it has been going on', async () => {
    const server = fakeServer();
    const duration = async () => {
      const fake = io({ env: SERVER, world: server.world });
      expect(await runCli(['ps', '-a'], fake)).toBe(0);
      return fake.out().split('\n')[1]?.split(/ {2,}/)[4];
    };
    expect(await duration()).toBe('1.5s');
    server.status = 'running';
    expect(await duration()).toBe('1h 00m');
  });

  it('ps --watch draws the list anew in place until Ctrl-C, and goes on while the server is away', async () => {
    const server = fakeServer();
    server.status = 'running';
    let away = false;
    const fake = io({
      tty: true,
      env: { ...SERVER, NO_COLOR: '1' },
      world: {
        fetchFor: async (address) => {
          const fetch = await server.world.fetchFor(address);
          return (url, init) => {
            if (away) throw new TypeError('fetch failed');
            return fetch(url, init);
          };
        },
      },
    });
    const done = runCli(['ps', '-w'], fake);
    await expect.poll(() => fake.out()).toContain('running');
    away = true;
    await expect.poll(() => fake.out()).toContain('No answer; trying again.');
    away = false;
    server.status = 'paused';
    await expect.poll(() => fake.out()).toContain('paused');
    fake.interrupt();
    expect(await done).toBe(0);
    expect(fake.out().endsWith('\x1b[?25h')).toBe(true);
    expect(fake.listeners()).toBe(0);
  });

  it('ps --watch is refused where there is nothing to draw on', async () => {
    const fake = io({ env: SERVER });
    expect(await runCli(['ps', '--watch'], fake)).toBe(2);
    expect(fake.err()).toContain('--watch draws in a terminal');
  });

  // §13 rm, §13 rm -f
  it('rm goes on after a failure and gives 1', async () => {
    const server = fakeServer();
    const fake = io({ env: SERVER, world: server.world });
    expect(await runCli(['rm', 'nope', RUN, '-f', '--json'], fake)).toBe(1);
    expect(JSON.parse(fake.out())).toEqual({
      removed: [RUN],
      errors: [{ identifier: 'nope', error: 'Run nope not found.' }],
    });
    expect(server.requests).toContain(`DELETE /runs/${RUN}?force=true`);
  });
});

describe('system', () => {
  // §13 system df
  it('df shows sizes by kind, and what could be freed', async () => {
    const fake = io({ env: SERVER, world: fakeServer().world });
    expect(await runCli(['system', 'df'], fake)).toBe(0);
    expect(fake.out()).toBe(
      [
        'TYPE   COUNT  ACTIVE    SIZE  RECLAIMABLE',
        'runs       3       1  2.0 KB       1.0 KB',
        'total                 2.0 KB       1.0 KB',
        '',
      ].join('\n'),
    );
  });

  // §13 system df -v
  it('df -v shows every run besides, the largest first', async () => {
    const fake = io({ env: SERVER, world: fakeServer().world });
    expect(await runCli(['system', 'df', '-v'], fake)).toBe(0);
    expect(fake.out().split('\n').slice(3)).toEqual([
      '',
      'RUN                         WORKFLOW  STATUS     STARTED                     SIZE  RECLAIMABLE',
      `${RUN}  Demo      completed  2026-01-01T00:00:00.000Z  1.0 KB       1.0 KB`,
      '01JZ0000000000000000000009  Long one  running    2026-01-02T00:00:00.000Z   512 B            -',
      '',
    ]);
  });

  // §13 system prune, §13 system prune filters
  it('prune is a preview unless --yes, and passes its filters on', async () => {
    const server = fakeServer();
    const prune = async (...argv: string[]) => {
      const fake = io({ env: SERVER, world: server.world });
      expect(await runCli(['system', 'prune', ...argv], fake)).toBe(0);
      return { body: server.bodies.get('POST /system/prune/runs'), err: fake.err() };
    };
    expect(await prune()).toEqual({
      body: { dry_run: true },
      err: '1 run, 1.0 KB; --yes deletes them.\n',
    });
    const filters = [
      '--before',
      '2026-01-01T00:00:00Z',
      '--older-than',
      '7d',
      '--workflow',
      'demo',
      '--label',
      'a=b',
      '--orphans',
    ];
    expect((await prune(...filters, '--yes')).body).toEqual({
      dry_run: false,
      before: '2026-01-01T00:00:00Z',
      older_than: '7d',
      workflow: 'demo',
      labels: { a: 'b' },
    });
  });
});
