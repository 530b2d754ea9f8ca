/** The life of runs over HTTP against the real server: decisions 5 to 9, 12 and 13. */
import { describe, expect, it } from 'vitest';
import { RunPage, RunStatusResponse } from '@fabro/protocol';
import { z } from 'zod';
import { type Home, testHome } from './support/home.js';
import { Failure } from './support/http.js';
import { type Server, startServer } from './support/server.js';
import { until } from './support/wait.js';
import { anyString, containing, matching } from './support/matchers.js';

const ID = '01HV6D7S5YF4Z4B2M7K4N0Q6T9';

/** The request of seed 002, letter for letter. */
const SEED_002 = {
  version: 1,
  cwd: '/tmp/project',
  target: { identifier: 'smoke', path: 'fabro/workflows/smoke/workflow.fabro' },
  workflows: {},
  run_id: ID,
  args: {
    model: '<string>',
    provider: '<string>',
    sandbox: '<string>',
    verbose: true,
    dry_run: true,
    auto_approve: true,
    no_retro: true,
    preserve_sandbox: true,
    label: ['<string>'],
  },
  configs: [{ type: 'project', path: '<string>', source: '<string>' }],
};

const SMOKE = `digraph Smoke {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  build [shape=parallelogram, script="make"]
  start -> build -> exit
}`;

const FILLED = {
  ...SEED_002,
  workflows: { 'fabro/workflows/smoke/workflow.fabro': { source: SMOKE } },
  args: {
    ...SEED_002.args,
    model: 'sonnet',
    provider: 'anthropic',
    sandbox: 'local',
    label: ['team=core'],
  },
  configs: [{ type: 'project', path: '.fabro/project.toml', source: '_version = 1\n' }],
};

const hold = (home: Home, name: string): string => `digraph Hold {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  hold [shape=parallelogram, script="until [ -e ${home.at(name)} ]; do sleep 0.05; done"]
  start -> hold -> exit
}`;

const post = (server: Server, body: unknown) => server.api('POST', '/runs', { body });

describe('creating a run', () => {
  it('decision 7: the literal body of seed 002 is a 400 that names the path, with its placeholders replaced it is 201', async () => {
    const home = testHome();
    const server = await startServer(home);
    const literal = await post(server, SEED_002);
    expect(literal.status).toBe(400);
    expect(literal.as(Failure)).toMatchObject({
      status: '400',
      title: 'Bad Request',
      detail: containing('fabro/workflows/smoke/workflow.fabro'),
    });
    const filled = await post(server, FILLED);
    expect(filled.status).toBe(201);
    expect(JSON.parse(filled.text)).toEqual({
      id: ID,
      status: 'submitted',
      created_at: matching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    // `cwd` need not exist to create the run, nor in a dry run.
    await server.api('POST', `/runs/${ID}/start`, { body: {} });
    expect(await server.ended(ID)).toMatchObject({
      status: 'completed',
      status_reason: 'completed',
    });
  });

  it('issue 2, Build 8: a reused run_id is 201 with the same run for an equal manifest and 409 for another', async () => {
    const home = testHome();
    const server = await startServer(home);
    const first = await post(server, FILLED);
    // Other order of keys, and an absent field said to be null.
    const again = await post(server, {
      goal: null,
      ...Object.fromEntries(Object.entries(FILLED).toReversed()),
    });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.as(RunStatusResponse)).toEqual(first.as(RunStatusResponse));
    const other = await post(server, { ...FILLED, cwd: '/tmp/elsewhere' });
    expect(other.status).toBe(409);
    expect(other.as(Failure).detail).toContain(ID);
    expect((await server.api('GET', '/runs')).as(RunPage).data).toHaveLength(1);
  });

  const REFUSED: readonly (readonly [string, object, string])[] = [
    ['a run id that is no ULID', { run_id: 'nope' }, 'nope'],
    [
      'a target path that climbs out',
      { target: { identifier: 'x', path: '../x.fabro' } },
      '../x.fabro',
    ],
    [
      'a workflow key that climbs out',
      { workflows: { 'a/../../b.fabro': { source: SMOKE } } },
      'a/../../b.fabro',
    ],
    ['another version', { version: 2 }, '2'],
    ['git.dirty of another word', { git: { dirty: 'muddy' } }, 'dirty'],
    [
      '{dot_source} of the oldest generation',
      { dot_source: SMOKE, version: undefined, workflows: undefined },
      'version',
    ],
    ['a sandbox that is not built', { args: { sandbox: 'docker' } }, 'docker'],
    [
      'a graph that does not parse',
      { workflows: { [FILLED.target.path]: { source: 'digraph Broken {\n  a -> ;\n}' } } },
      'line 2',
    ],
  ];
  it('a manifest that does not fit is 400 in the error body and names what is wrong', async () => {
    const home = testHome();
    const server = await startServer(home);
    for (const [what, change, named] of REFUSED) {
      const wire = await post(server, { ...FILLED, ...change });
      expect([what, wire.status]).toEqual([what, 400]);
      expect(wire.as(Failure), what).toMatchObject({ status: '400', title: 'Bad Request' });
      expect(wire.as(Failure).detail, what).toContain(named);
    }
    expect((await server.api('GET', '/runs')).as(RunPage).data).toEqual([]);
    for (const git of [{ clean: true }, { dirty: 'dirty', push_outcome: { type: 'skipped' } }, {}])
      expect((await post(server, { ...FILLED, run_id: null, git })).status).toBe(201);
  });

  it('decision 12: broken JSON, another content type, nothing, and a body past its limit', async () => {
    const home = testHome();
    const server = await startServer(home);
    const json = { 'content-type': 'application/json' };
    const cases = [
      [400, 'line 2', { raw: '{\n  "version": }', headers: json }],
      [415, 'text/plain', { raw: '{}', headers: { 'content-type': 'text/plain' } }],
      [400, 'empty', { raw: '', headers: json }],
      [400, 'levels', { raw: '['.repeat(5_000), headers: json }],
      [400, 'cwd', { raw: '{"version":1}', headers: json }],
      [413, '8388608', { announced: 8 * 1024 * 1024 + 1, headers: json }],
    ] as const;
    for (const [status, named, ask] of cases) {
      const wire = await server.api('POST', '/runs', ask);
      expect([named, wire.status]).toEqual([named, status]);
      expect(wire.as(Failure).status).toBe(String(status));
      expect(wire.as(Failure).detail).toContain(named);
    }
  });
});

describe('the queue', () => {
  it('decision 6: with max_concurrent_runs=1 the second run waits at queue_position 1, the third at 2', async () => {
    const home = testHome();
    const server = await startServer(home, { args: ['--max-concurrent-runs', '1'] });
    const [first, second, third] = [
      await server.run(hold(home, 'one')),
      await server.run(hold(home, 'two')),
      await server.run(hold(home, 'three')),
    ];
    await server.event(first, 'command.started');
    expect(await server.status(second)).toMatchObject({ status: 'queued', queue_position: 1 });
    expect(await server.status(third)).toMatchObject({ status: 'queued', queue_position: 2 });
    expect(await server.status(first)).not.toHaveProperty('queue_position');
    expect((await server.api('POST', `/runs/${second}/cancel`)).status).toBe(200);
    expect(await server.status(second)).toMatchObject({
      status: 'cancelled',
      status_reason: 'cancelled',
      error: { message: anyString() },
    });
    expect(await server.status(third)).toMatchObject({ queue_position: 1 });
    home.write('one', '');
    home.write('three', '');
    expect(await server.ended(first)).toMatchObject({ status: 'completed' });
    expect(await server.ended(third)).toMatchObject({ status: 'completed' });
  });

  it('a queue survives the death of the server, in its order', async () => {
    const home = testHome();
    let server = await startServer(home, { args: ['--max-concurrent-runs', '1'] });
    const runs = [
      await server.run(hold(home, 'go')),
      await server.run(hold(home, 'go')),
      await server.run(hold(home, 'go')),
    ];
    await server.event(runs[0] ?? '', 'command.started');
    await server.kill();
    home.write('go', '');
    server = await startServer(home, { args: ['--max-concurrent-runs', '1'] });
    const started: number[] = [];
    for (const run of runs) {
      expect(await server.ended(run)).toMatchObject({ status: 'completed' });
      started.push(Date.parse(String((await server.event(run, 'run.started'))['ts'])));
    }
    expect(started).toEqual(started.toSorted((a, b) => a - b));
  });
});

describe('control', () => {
  it('cancel, pause, unpause and delete answer 409 in the wrong state and say the state', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.create(hold(home, 'go'));
    const ask = (action: string) => server.api('POST', `/runs/${run}/${action}`);
    expect((await ask('pause')).as(Failure)).toMatchObject({ status: '409' });
    await server.api('POST', `/runs/${run}/start`, { body: {} });
    await server.event(run, 'command.started');
    expect((await ask('unpause')).as(Failure).detail).toContain('running');
    expect((await server.api('DELETE', `/runs/${run}`)).as(Failure)).toMatchObject({
      status: '409',
    });
    expect((await server.api('POST', `/runs/${run}/start`, { body: {} })).status).toBe(409);
    expect((await ask('pause')).as(RunStatusResponse)).toMatchObject({ id: run });
    await until('the pause', async () => (await server.status(run)).status === 'paused');
    expect((await ask('pause')).status).toBe(409);
    expect((await ask('unpause')).status).toBe(200);
    await until('the run to go on', async () => (await server.status(run)).status === 'running');
    expect((await ask('cancel')).status).toBe(200);
    expect(await server.ended(run)).toMatchObject({
      status: 'cancelled',
      status_reason: 'cancelled',
    });
    expect((await ask('cancel')).status).toBe(409);
    expect((await server.api('DELETE', `/runs/${run}`)).status).toBe(204);
    const gone = await server.api('GET', `/runs/${run}`);
    expect(gone.status).toBe(404);
    expect(gone.as(Failure).detail).toBe(`Run ${run} not found.`);
  });

  it('delete with force cancels a running run and leaves nothing of it', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(hold(home, 'never'));
    await server.event(run, 'command.started');
    expect((await server.api('DELETE', `/runs/${run}?force=true`)).status).toBe(204);
    expect((await server.api('GET', `/runs/${run}`)).status).toBe(404);
  });
});

describe('pages', () => {
  const Page = z.object({
    data: z.array(z.looseObject({ id: z.string() })),
    meta: z.object({ has_more: z.boolean() }),
  });
  it('decision 13: limits are clamped to 1..100, what is no integer is 400, stages really page', async () => {
    const home = testHome();
    const server = await startServer(home);
    const runs: string[] = [];
    for (let i = 0; i < 3; i++) runs.unshift(await server.create(hold(home, 'x')));
    const page = async (query: string) => (await server.api('GET', `/runs?${query}`)).as(Page);
    const ids = async (query: string) => (await page(query)).data.map((run) => run.id);
    expect(await ids('')).toEqual(runs);
    expect(await ids('page[limit]=2')).toEqual(runs.slice(0, 2));
    expect((await page('page[limit]=2')).meta).toEqual({ has_more: true });
    expect(await ids('page[limit]=2&page[offset]=2')).toEqual(runs.slice(2));
    for (const small of ['0', '-5'])
      expect(await ids(`page[limit]=${small}`)).toEqual(runs.slice(0, 1));
    expect(await ids('page[limit]=100000')).toEqual(runs);
    expect(await ids('page[offset]=50')).toEqual([]);
    for (const bad of ['page[limit]=x', 'page[limit]=1.5', 'page[offset]=-1', 'page[offset]=z'])
      expect([bad, (await server.api('GET', `/runs?${bad}`)).status]).toEqual([bad, 400]);

    const ended = await server.run(SMOKE.replace('make', 'true'), { args: { dry_run: true } });
    await server.ended(ended);
    const stages = async (query: string) =>
      (await server.api('GET', `/runs/${ended}/stages?${query}`)).as(Page);
    expect((await stages('')).data.map((s) => s.id)).toEqual(['start@1', 'build@1', 'exit@1']);
    const second = await stages('page[limit]=1&page[offset]=1');
    expect(second.data.map((s) => s.id)).toEqual(['build@1']);
    expect(second.meta).toEqual({ has_more: true });
  });
});
