import { RunPage } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { failureIn, harness, manifest, RUN_ID } from './support/harness.js';

describe('creating a run', () => {
  it('answers 201 with the status of seed 002', async () => {
    const { send } = harness();
    const response = await send('POST', '/api/v1/runs', manifest());
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      id: RUN_ID,
      status: 'submitted',
      created_at: '2026-03-06T14:30:00.000Z',
    });
  });

  it('answers 201 again for an equal manifest and 409 for another one', async () => {
    const { send } = harness();
    await send('POST', '/api/v1/runs', manifest());
    expect((await send('POST', '/api/v1/runs', manifest())).status).toBe(201);
    const other = await send('POST', '/api/v1/runs', manifest({ cwd: '/elsewhere' }));
    expect(await failureIn(other)).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('tells the service who asks and over which way in', async () => {
    const { request, runs } = harness();
    const options = {
      body: JSON.stringify(manifest()),
      headers: { 'content-type': 'application/json' },
    };
    await request('POST', '/api/v1/runs', { ...options, transport: 'unix' });
    await request('POST', '/api/v1/runs', options);
    expect(runs.callers).toEqual([
      { actor: { kind: 'user', login: 'dev' }, transport: 'unix' },
      { actor: { kind: 'user', login: 'dev' }, transport: 'tcp' },
    ]);
  });

  it('refuses the literal placeholders of seed 002 and names the path (decision 7)', async () => {
    const { send } = harness();
    const body = manifest({
      target: { identifier: 'smoke', path: 'fabro/workflows/smoke/workflow.fabro' },
      workflows: {},
      args: { model: '<string>', label: ['<string>'] },
      configs: [{ type: 'project', path: '<string>', source: '<string>' }],
    });
    expect(await failureIn(await send('POST', '/api/v1/runs', body))).toEqual({
      status: 400,
      detail:
        'manifest target path is missing from workflows map: fabro/workflows/smoke/workflow.fabro',
      code: 'invalid_manifest',
    });
  });

  it('refuses the body of the oldest generation (decision 7)', async () => {
    const { send } = harness();
    const failure = await failureIn(
      await send('POST', '/api/v1/runs', { dot_source: 'digraph {}' }),
    );
    expect(failure.status).toBe(400);
    expect(failure.detail).toContain('Request body does not fit: version: ');
    expect(failure.detail).toContain('; cwd: ');
  });

  it('takes a manifest of 8 MiB and refuses a larger one with 413', async () => {
    const { request } = harness();
    const post = async (bytes: number): Promise<number> => {
      const empty = JSON.stringify(manifest({ goal: { type: 'value', text: '' } }));
      const body = empty.replace('"text":""', `"text":"${'x'.repeat(bytes - empty.length)}"`);
      const headers = { 'content-type': 'application/json' };
      return (await request('POST', '/api/v1/runs', { body, headers })).status;
    };
    expect(await post(8 * 1024 * 1024)).toBe(201);
    expect(await post(8 * 1024 * 1024 + 1)).toBe(413);
  });
});

describe('one run', () => {
  it('is its summary, which has id, status and created_at', async () => {
    const { send, request } = harness();
    await send('POST', '/api/v1/runs', manifest());
    const response = await request('GET', `/api/v1/runs/${RUN_ID}`);
    expect(await response.json()).toMatchObject({
      id: RUN_ID,
      run_id: RUN_ID,
      status: 'submitted',
      created_at: '2026-03-06T14:30:00.000Z',
      labels: {},
    });
  });

  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/start'],
    ['POST', '/cancel'],
    ['POST', '/pause'],
    ['POST', '/unpause'],
    ['GET', '/stages'],
    ['GET', '/state'],
    ['GET', '/graph'],
    ['GET', '/graph/source'],
    ['GET', '/events'],
    ['GET', '/attach'],
    ['GET', '/questions'],
    ['GET', `/blobs/${'a'.repeat(64)}`],
  ])(
    'that does not exist is 404 at %s %s, a malformed id too (decision 8)',
    async (method, rest) => {
      const { request } = harness();
      const response = await request(method, `/api/v1/runs/abc123${rest}`);
      expect(await failureIn(response)).toEqual({
        status: 404,
        detail: 'Run abc123 not found.',
        code: 'not_found',
      });
    },
  );

  it('is found by an id prefix', async () => {
    const { send, request } = harness();
    await send('POST', '/api/v1/runs', manifest());
    const found = await request('GET', '/api/v1/runs/resolve?selector=01HV6D');
    expect(await found.json()).toMatchObject({ id: RUN_ID });
    expect((await request('GET', '/api/v1/runs/resolve?selector=zzz')).status).toBe(404);
    expect((await request('GET', '/api/v1/runs/resolve')).status).toBe(400);
  });
});

describe('controlling a run', () => {
  it('starts it, with or without a body', async () => {
    const { send, request } = harness();
    await send('POST', '/api/v1/runs', manifest());
    const started = await request('POST', `/api/v1/runs/${RUN_ID}/start`);
    expect(started.status).toBe(200);
    expect(await started.json()).toMatchObject({ status: 'queued', queue_position: 1 });
    expect(
      await failureIn(await send('POST', `/api/v1/runs/${RUN_ID}/start`, { resume: false })),
    ).toEqual({
      status: 409,
      detail: 'cannot start run: status is queued, expected submitted',
      code: 'conflict',
    });
    expect((await send('POST', `/api/v1/runs/${RUN_ID}/start`, { resume: 'yes' })).status).toBe(
      400,
    );
  });

  it('pauses, unpauses and cancels it', async () => {
    const { send, request, runs } = harness();
    await send('POST', '/api/v1/runs', manifest());
    expect(await failureIn(await request('POST', `/api/v1/runs/${RUN_ID}/pause`))).toMatchObject({
      status: 409,
      detail: 'Run is not pausable.',
    });
    runs.setStatus(RUN_ID, 'running');
    const paused = await request('POST', `/api/v1/runs/${RUN_ID}/pause`);
    expect(await paused.json()).toMatchObject({ status: 'running', pending_control: 'pause' });
    runs.setStatus(RUN_ID, 'paused');
    expect((await request('POST', `/api/v1/runs/${RUN_ID}/unpause`)).status).toBe(200);
    const cancelled = await request('POST', `/api/v1/runs/${RUN_ID}/cancel`);
    expect(await cancelled.json()).toMatchObject({
      status: 'cancelled',
      status_reason: 'cancelled',
    });
  });

  it('deletes it with 204, an active one only by force', async () => {
    const { send, request, runs } = harness();
    await send('POST', '/api/v1/runs', manifest());
    runs.setStatus(RUN_ID, 'running');
    expect((await request('DELETE', `/api/v1/runs/${RUN_ID}`)).status).toBe(409);
    expect((await request('DELETE', `/api/v1/runs/${RUN_ID}?force=maybe`)).status).toBe(400);
    expect((await request('DELETE', `/api/v1/runs/${RUN_ID}?force=true`)).status).toBe(204);
    expect((await request('GET', `/api/v1/runs/${RUN_ID}`)).status).toBe(404);
  });
});

describe('the list of runs', () => {
  it('is {data, meta} and pages by limit and offset (decision 13)', async () => {
    const { send, request } = harness();
    for (let i = 0; i < 3; i++) await send('POST', '/api/v1/runs', manifest({ run_id: null }));
    const ids = async (query: string): Promise<readonly [string[], boolean]> => {
      const response = await request('GET', `/api/v1/runs?${query}`);
      const page = RunPage.parse(await response.json());
      return [page.data.map((run) => run.id.slice(-1)), page.meta.has_more];
    };
    expect(await ids('page[limit]=2')).toEqual([['2', '1'], true]);
    expect(await ids('page%5Blimit%5D=2&page%5Boffset%5D=2')).toEqual([['0'], false]);
    expect(await ids('page[limit]=-5')).toEqual([['2'], true]);
    expect(await ids('page[offset]=100')).toEqual([[], false]);
  });

  it.each([
    ['page[limit]=x', 'Parameter page[limit] is "x"; expected an integer (clamped to 1..100).'],
    ['page[offset]=-1', 'Parameter page[offset] is -1; expected an integer from 0.'],
    [
      'status=done',
      'Parameter status is "done"; expected one of submitted, queued, starting, running, completed, failed, cancelled, paused.',
    ],
    ['label=team', 'Parameter label is "team"; expected key=value.'],
  ])('refuses %s with 400', async (query, detail) => {
    const { request } = harness();
    expect(await failureIn(await request('GET', `/api/v1/runs?${query}`))).toEqual({
      status: 400,
      detail,
      code: 'invalid_argument',
    });
  });

  it('passes filters on', async () => {
    const { request, runs } = harness();
    await request(
      'GET',
      '/api/v1/runs?status=running,paused&status=queued&workflow=smoke&label=team=a=b&label=x=',
    );
    await request('GET', '/api/v1/runs?label=one=1');
    expect(runs.filters).toEqual([
      {
        status: ['running', 'paused', 'queued'],
        workflow: 'smoke',
        labels: { team: 'a=b', x: '' },
      },
      { labels: { one: '1' } },
    ]);
  });
});
