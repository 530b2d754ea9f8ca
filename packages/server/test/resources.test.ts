import { FabroError } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { Discovery } from '../src/schemas.js';
import { failureIn, harness, manifest, RUN_ID } from './support/harness.js';

describe('discovery', () => {
  it('gives absolute addresses of the request, and each of them works (decision 15)', async () => {
    const { app, request } = harness();
    const response = await request('GET', 'http://127.0.0.1:3000/', { token: undefined });
    const { urls } = Discovery.parse(await response.json());
    expect(urls).toEqual({
      openapi_url: 'http://127.0.0.1:3000/api/v1/openapi.json',
      current_user_url: 'http://127.0.0.1:3000/api/v1/user',
      health_url: 'http://127.0.0.1:3000/health',
    });
    for (const url of Object.values(urls)) expect((await request('GET', url)).status).toBe(200);
    expect((await app.request('/health')).status).toBe(200);
  });

  it.each(['https://fabro.example.com/api/v1', 'https://fabro.example.com/api/v1/'])(
    'gives the addresses of [server.api].url %s (decision 3)',
    async (apiUrl) => {
      const { request } = harness({ apiUrl });
      expect(await (await request('GET', '/')).json()).toEqual({
        urls: {
          openapi_url: 'https://fabro.example.com/api/v1/openapi.json',
          current_user_url: 'https://fabro.example.com/api/v1/user',
          health_url: 'https://fabro.example.com/health',
        },
      });
      const document = await (await request('GET', '/api/v1/openapi.json')).json();
      expect(document).toMatchObject({
        openapi: '3.1.0',
        servers: [{ url: 'https://fabro.example.com' }],
      });
    },
  );

  it('says who the token belongs to', async () => {
    const { request } = harness();
    expect(await (await request('GET', '/api/v1/user')).json()).toEqual({ login: 'dev' });
  });

  it('answers health without a token', async () => {
    const { request } = harness();
    const response = await request('GET', '/health', { token: undefined });
    expect(await response.json()).toEqual({ status: 'ok', version: '1.2.3' });
  });
});

describe('stages and state', () => {
  it('page and project the run', async () => {
    const { send, request, runs } = harness();
    await send('POST', '/api/v1/runs', manifest());
    for (const node of ['start', 'fix'])
      runs.byId.get(RUN_ID)?.stages.push({
        id: `${node}@1`,
        name: node,
        status: 'succeeded',
        node_id: node,
        visit: 1,
        handler_type: 'command',
        attempt: 1,
        duration_secs: 0.5,
      });
    const page = await request('GET', `/api/v1/runs/${RUN_ID}/stages?page[limit]=1&page[offset]=1`);
    expect(await page.json()).toMatchObject({ data: [{ id: 'fix@1' }], meta: { has_more: false } });
    expect((await request('GET', `/api/v1/runs/${RUN_ID}/stages?page[offset]=x`)).status).toBe(400);
    const state = await request('GET', `/api/v1/runs/${RUN_ID}/state`);
    expect(await state.json()).toEqual({ run_id: RUN_ID, completed_nodes: ['start', 'fix'] });
  });
});

describe('the graph', () => {
  it('is SVG, DOT when the client asks for it, and the author’s text', async () => {
    const { send, request } = harness();
    await send('POST', '/api/v1/runs', manifest());
    const svg = await request('GET', `/api/v1/runs/${RUN_ID}/graph?direction=lr`);
    expect(svg.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    expect(await svg.text()).toBe('<svg>digraph {rankdir=LR; a -> b }</svg>');
    const accept = 'text/vnd.graphviz';
    const dot = await request('GET', `/api/v1/runs/${RUN_ID}/graph`, { headers: { accept } });
    expect(await dot.text()).toBe('digraph { a -> b }');
    const source = await request('GET', `/api/v1/runs/${RUN_ID}/graph/source`);
    expect(await source.text()).toBe('digraph { a -> b } // mine');
    expect((await request('GET', `/api/v1/runs/${RUN_ID}/graph?direction=up`)).status).toBe(400);
  });
});

describe('a client that leaves during the layout of a graph', () => {
  it('is not logged as a failure of the server', async () => {
    const leaving = new AbortController();
    const h = harness({
      graphs: {
        render: (_, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            leaving.abort('Client connection prematurely closed.');
          }),
        close: async () => {},
      },
    });
    await h.send('POST', '/api/v1/runs', manifest());
    const headers = { authorization: 'Bearer fabro_dev_test' };
    const init = { headers, signal: leaving.signal };
    expect((await h.app.request(`/api/v1/runs/${RUN_ID}/graph`, init)).status).toBe(410);
    expect(h.logged).toEqual([]);
  });
});

describe('questions', () => {
  it('are listed, answered once with 204, and then 409', async () => {
    const { send, request, runs } = harness();
    await send('POST', '/api/v1/runs', manifest());
    const answer = `/api/v1/runs/${RUN_ID}/questions/01J/answer`;
    expect(await failureIn(await send('POST', answer, { value: 'yes' }))).toMatchObject({
      status: 409,
      detail: 'Run is not yet running.',
    });
    runs.setStatus(RUN_ID, 'running');
    runs.byId.get(RUN_ID)?.questions.push({
      id: '01J',
      text: 'Ship it?',
      question_type: 'yes_no',
      options: [{ key: 'yes', label: 'Yes' }],
      allow_freeform: false,
      stage: 'gate@1',
    });
    const page = await request('GET', `/api/v1/runs/${RUN_ID}/questions`);
    expect(await page.json()).toMatchObject({ data: [{ id: '01J' }], meta: { has_more: false } });
    expect((await send('POST', answer, { selected_option_key: 5 })).status).toBe(400);
    expect((await send('POST', answer, { selected_option_key: 'yes' })).status).toBe(204);
    expect(await failureIn(await send('POST', answer, { value: 'yes' }))).toMatchObject({
      status: 409,
      detail: 'Question no longer exists or was already answered.',
    });
  });
});

describe('blobs', () => {
  it('are bytes', async () => {
    const { send, request } = harness();
    await send('POST', '/api/v1/runs', manifest());
    const blob = await request('GET', `/api/v1/runs/${RUN_ID}/blobs/${'a'.repeat(64)}`);
    expect(blob.headers.get('content-type')).toBe('application/octet-stream');
    expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([0, 1, 255]);
    expect((await request('GET', `/api/v1/runs/${RUN_ID}/blobs/${'b'.repeat(64)}`)).status).toBe(
      404,
    );
    expect((await request('GET', `/api/v1/runs/${RUN_ID}/blobs/xyz`)).status).toBe(400);
  });
});

describe('the system', () => {
  it('tells version, uptime and counts', async () => {
    const { request } = harness();
    expect(await (await request('GET', '/api/v1/system/info')).json()).toEqual({
      version: '1.2.3',
      server_url: 'http://localhost',
      pid: 4711,
      os: 'linux',
      arch: 'x64',
      storage_engine: 'sqlite',
      storage_dir: '/var/lib/fabro',
      uptime_secs: 5,
      runs: { total: 0, active: 0 },
      sandbox_provider: 'local',
    });
    expect(await (await request('GET', '/api/v1/system/df')).json()).toMatchObject({
      total_size_bytes: 10,
    });
    const verbose = await request('GET', '/api/v1/system/df?verbose=true');
    expect(await verbose.json()).toMatchObject({ total_size_bytes: 10, runs: [] });
    expect((await request('GET', '/api/v1/system/df?verbose=1')).status).toBe(400);
  });

  it('prunes nothing unless dry_run is false', async () => {
    const { request, send, runs } = harness();
    const dry = await request('POST', '/api/v1/system/prune/runs');
    expect(await dry.json()).toMatchObject({ dry_run: true, runs: [] });
    const real = await send('POST', '/api/v1/system/prune/runs', {
      dry_run: false,
      older_than: '7d',
      labels: { team: 'a' },
    });
    expect(await real.json()).not.toHaveProperty('runs');
    expect(runs.prunes).toEqual([
      { dryRun: true },
      { dryRun: false, olderThanMs: 604_800_000, labels: { team: 'a' } },
    ]);
    expect((await send('POST', '/api/v1/system/prune/runs', { older_than: '7w' })).status).toBe(
      400,
    );
    expect((await send('POST', '/api/v1/system/prune/runs', { orphans: true })).status).toBe(501);
  });
});

describe('a service that fails', () => {
  it('answers 503 when the disk is full and 500 for a defect, both logged', async () => {
    const { request, runs, logged } = harness();
    runs.get = () => Promise.reject(new FabroError('storage_full', 'The disk is full.'));
    expect(await failureIn(await request('GET', `/api/v1/runs/${RUN_ID}`))).toEqual({
      status: 503,
      detail: 'The disk is full.',
      code: 'storage_full',
    });
    runs.get = () => Promise.reject(new TypeError('secret'));
    expect(await failureIn(await request('GET', `/api/v1/runs/${RUN_ID}`))).toMatchObject({
      status: 500,
      code: 'internal',
    });
    expect(logged).toHaveLength(2);
  });
});
