import { createClient } from '@fabro/client';
import { RunManifest, type Retro } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { failureIn, harness, manifest, RUN_ID, TOKEN } from './support/harness.js';

const RETRO: Retro = {
  run_id: RUN_ID,
  workflow_name: 'smoke',
  goal: 'ship it',
  timestamp: '2026-03-06T14:30:00.000Z',
  stages: [{ stage_id: 'a@1', stage_label: 'A', status: 'succeeded', duration_ms: 5, retries: 0 }],
  stats: { total_duration_ms: 5, total_retries: 0, stages_completed: 1, stages_failed: 0 },
};

async function withRun(): Promise<ReturnType<typeof harness>> {
  const made = harness();
  await made.send('POST', '/api/v1/runs', manifest());
  return made;
}

describe('a retro (API A retrieveRetro)', () => {
  it('is null until there is one', async () => {
    const { request, runs } = await withRun();
    const path = `/api/v1/runs/${RUN_ID}/retro`;
    expect(await (await request('GET', path)).json()).toBeNull();
    const run = runs.byId.get(RUN_ID);
    if (run !== undefined) run.retro = RETRO;
    expect(await (await request('GET', path)).json()).toEqual(RETRO);
    expect((await request('GET', '/api/v1/runs/nope/retro')).status).toBe(404);
  });

  it('stands in a list that refuses an unknown smoothness', async () => {
    const { request } = await withRun();
    const page = await request('GET', '/api/v1/retros?smoothness=bumpy&workflow=smoke');
    expect(await page.json()).toEqual({ data: [], meta: { has_more: false } });
    expect((await request('GET', '/api/v1/retros?smoothness=wobbly')).status).toBe(400);
  });
});

describe('a patch', () => {
  it('is that of the run, or of a node or a stage', async () => {
    const { request } = await withRun();
    const diff = async (query: string) =>
      (await request('GET', `/api/v1/runs/${RUN_ID}/diff${query}`)).json();
    expect(await diff('')).not.toHaveProperty('stage_id');
    expect(await diff('?node=a')).toMatchObject({ stage_id: 'a@1', truncated: false });
    expect(await diff('?stage=a%402')).toMatchObject({ stage_id: 'a@2' });
    expect((await request('GET', `/api/v1/runs/${RUN_ID}/diff?node=nowhere`)).status).toBe(404);
  });
});

describe('artifacts (API C listRunArtifacts, listStageArtifacts, getStageArtifact)', () => {
  it('are listed and downloaded as bytes that no browser opens', async () => {
    const { request, runs } = await withRun();
    runs.byId.get(RUN_ID)?.artifacts.push({
      stage_id: 'a@1',
      node_slug: 'a',
      retry: 1,
      relative_path: 'out/x.html',
      size: 3,
    });
    const list = await request('GET', `/api/v1/runs/${RUN_ID}/artifacts`);
    expect(await list.json()).toMatchObject({ data: [{ relative_path: 'out/x.html' }] });
    const stage = `/api/v1/runs/${RUN_ID}/stages/a%401/artifacts`;
    expect(await (await request('GET', stage)).json()).toEqual({
      data: [{ filename: 'out/x.html', retry: 1, size: 3 }],
    });
    const file = await request('GET', `${stage}/download?filename=out%2Fx.html&retry=1`);
    expect(file.headers.get('content-disposition')).toBe('attachment');
    expect(await file.text()).toBe('out/x.html of attempt 1');
    expect((await request('GET', `${stage}/download?filename=nope`)).status).toBe(404);
    expect((await request('GET', `${stage}/download`)).status).toBe(400);
    expect((await request('GET', `${stage}/download?filename=x&retry=y`)).status).toBe(400);
    const bad = await request('GET', `/api/v1/runs/${RUN_ID}/stages/nope/artifacts`);
    expect(await failureIn(bad)).toMatchObject({ status: 400, detail: 'Invalid stage ID.' });
  });
});

describe('preflight (API C runPreflight)', () => {
  it('answers a report, and 400 for a body that is no manifest', async () => {
    const { send } = await withRun();
    const answer = await send('POST', '/api/v1/preflight', manifest());
    expect(await answer.json()).toMatchObject({ ok: true, checks: { title: 'Run Preflight' } });
    expect((await send('POST', '/api/v1/preflight', { version: 1 })).status).toBe(400);
  });
});

describe('the events of all runs (API §15 attach)', () => {
  it('come as frames with opaque ids, and go on after Last-Event-ID', async () => {
    const { app, runs } = await withRun();
    runs.append(RUN_ID, 'run.queued');
    runs.append(RUN_ID, 'run.starting');
    const cut = new AbortController();
    const resumed: (string | null)[] = [];
    const client = createClient({
      baseUrl: 'http://localhost',
      token: TOKEN,
      fetch: async (url, init) => {
        resumed.push(new Headers(init.headers).get('last-event-id'));
        return app.request(url, resumed.length === 1 ? { ...init, signal: cut.signal } : init);
      },
    });
    const seen: string[] = [];
    const stop = new AbortController();
    await expect(
      (async () => {
        for await (const event of client.attachEvents({ runs: [RUN_ID], signal: stop.signal })) {
          seen.push(event.event);
          if (seen.length === 3) {
            runs.append(RUN_ID, 'run.running');
            cut.abort();
          }
          if (seen.length === 4) stop.abort(new Error('enough'));
        }
      })(),
    ).rejects.toThrow('enough');
    expect(seen).toEqual(['run.created', 'run.queued', 'run.starting', 'run.running']);
    expect(resumed).toEqual([null, '3']);
  });

  it('are refused for what is no run id (400) and for a run that is not there (404)', async () => {
    const { request } = await withRun();
    expect((await request('GET', '/api/v1/attach?run_id=nope')).status).toBe(400);
    const missing = await request('GET', '/api/v1/attach?run_id=01JNQVR7M0EJ5GKAT2SC4ERZZZ');
    expect(missing.status).toBe(404);
  });

  it.each(['-1', '1.5', 'x'])('are refused after an id %s that no frame has had', async (id) => {
    const { request } = await withRun();
    const answer = await request('GET', '/api/v1/attach', { headers: { 'last-event-id': id } });
    expect(answer.status).toBe(400);
  });
});

describe('the client', () => {
  it('reads every report', async () => {
    const { app } = await withRun();
    const client = createClient({
      baseUrl: 'http://localhost',
      token: TOKEN,
      fetch: async (url, init) => app.request(url, init),
    });
    expect(await client.retrieveRetro(RUN_ID)).toBeNull();
    expect((await client.listRetros({ limit: 5 })).data).toEqual([]);
    expect((await client.retrieveRunDiff(RUN_ID, { node: 'a' })).stage_id).toBe('a@1');
    expect((await client.listRunArtifacts(RUN_ID)).data).toEqual([]);
    expect((await client.listStageArtifacts(RUN_ID, 'a@1')).data).toEqual([]);
    await expect(client.getStageArtifact(RUN_ID, 'a@1', { filename: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await client.runPreflight(RunManifest.parse(manifest()))).ok).toBe(true);
  });
});
