import { createClient } from '@fabro/client';
import { JsonObject, RunManifest } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { type Harness, harness, manifest, RUN_ID, TOKEN } from './support/harness.js';

function clientOf(h: Harness): ReturnType<typeof createClient> {
  return createClient({
    baseUrl: 'http://localhost',
    token: TOKEN,
    fetch: async (url, init) => h.app.request(url, init),
  });
}

describe('the client', () => {
  it('has a method for every operation that is built, named by its id', async () => {
    const document = JsonObject.parse(await clientOf(harness()).getOpenApiSpec());
    const built: unknown[] = [];
    for (const item of Object.values(JsonObject.parse(document['paths'])))
      for (const value of Object.values(JsonObject.parse(item))) {
        const { operationId, responses } = JsonObject.parse(value);
        const statuses = Object.keys(JsonObject.parse(responses));
        if (statuses.some((status) => status.startsWith('2'))) built.push(operationId);
      }
    const methods = Object.keys(clientOf(harness())).map((name) =>
      name === 'attach' ? 'attachRunEvents' : name,
    );
    expect(new Set(methods)).toEqual(new Set(built));
  });

  it('reads every answer of the server', async () => {
    const h = harness();
    const client = clientOf(h);
    expect(await client.getHealth()).toEqual({ status: 'ok', version: '1.2.3' });
    expect(await client.getUser()).toEqual({ login: 'dev' });
    expect((await client.getRoot()).healthUrl).toBe('http://localhost/health');
    const created = await client.createRun(RunManifest.parse(manifest()));
    expect(created.status).toBe('submitted');
    expect((await client.startRun(RUN_ID)).queue_position).toBe(1);
    expect((await client.listRuns()).data).toHaveLength(1);
    expect((await client.resolveRun('01HV')).id).toBe(RUN_ID);
    expect((await client.retrieveRun(RUN_ID)).workflow_name).toBe('smoke');
    h.runs.setStatus(RUN_ID, 'running');
    expect((await client.pauseRun(RUN_ID)).pending_control).toBe('pause');
    h.runs.setStatus(RUN_ID, 'paused');
    expect((await client.unpauseRun(RUN_ID)).status).toBe('running');
    expect((await client.listRunStages(RUN_ID)).data).toEqual([]);
    expect(await client.getRunState(RUN_ID)).toMatchObject({ run_id: RUN_ID });
    expect(await client.retrieveRunGraph(RUN_ID, 'LR')).toContain('rankdir=LR');
    expect(await client.retrieveRunGraphSource(RUN_ID)).toContain('// mine');
    expect((await client.listRunEvents(RUN_ID, { sinceSeq: 1 })).data[0]?.seq).toBe(1);
    expect((await client.listRunQuestions(RUN_ID)).meta.has_more).toBe(false);
    await expect(client.submitRunAnswer(RUN_ID, 'q', { value: 'x' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect([...(await client.readRunBlob(RUN_ID, 'a'.repeat(64)))]).toEqual([0, 1, 255]);
    expect((await client.getSystemInfo()).runs).toEqual({ total: 1, active: 0 });
    expect((await client.getSystemDiskUsage()).summary[0]?.type).toBe('runs');
    expect(await client.pruneRuns()).toMatchObject({ dry_run: true, runs: [] });
    expect((await client.cancelRun(RUN_ID)).status).toBe('cancelled');
    await client.deleteRun(RUN_ID, { force: true });
    await expect(client.retrieveRun(RUN_ID)).rejects.toMatchObject({
      code: 'not_found',
      message: `Run ${RUN_ID} not found.`,
    });
  });

  it('sees every event once across a server that stops and comes back', async () => {
    const h = harness();
    await h.send('POST', '/api/v1/runs', manifest());
    h.runs.setStatus(RUN_ID, 'running');
    for (let i = 0; i < 4; i++) h.runs.append(RUN_ID, 'run.notice');
    // A second server over the same runs, which stands in for the restarted one.
    const restarted = harness({ runs: h.runs });
    let current = h;
    const client = createClient({
      baseUrl: 'http://localhost',
      token: TOKEN,
      fetch: async (url, init) => current.app.request(url, init),
    });
    const seen: number[] = [];
    for await (const item of client.attach(RUN_ID, { sinceSeq: 1 })) {
      if (item.kind === 'event') seen.push(item.event.seq);
      if (seen.length === 3) {
        current = restarted;
        h.streams.closeAll();
      }
      if (seen.length === 5) {
        h.runs.append(RUN_ID, 'run.completed');
        h.runs.setStatus(RUN_ID, 'completed');
      }
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
