import { expect, test } from 'vitest';
import { failureIn, harness, manifest, RUN_ID } from './support/harness.js';

async function withRun() {
  const h = harness();
  await h.send('POST', '/api/v1/runs', manifest());
  return h;
}
const at = (path: string): string => `/api/v1/runs/${RUN_ID}/${path}`;

test('getRunTimeline: the checkpoints as a list; run_commit_sha is absent without git', async () => {
  const { request, runs } = await withRun();
  expect(await (await request('GET', at('timeline'))).json()).toEqual([]);
  const stage = { name: 'n', status: 'succeeded', handler_type: 'command', attempt: 1 } as const;
  runs.byId
    .get(RUN_ID)
    ?.stages.push(
      { ...stage, id: 'a@1', node_id: 'a', visit: 1 },
      { ...stage, id: 'b@2', node_id: 'b', visit: 2 },
    );
  expect(await (await request('GET', at('timeline'))).json()).toEqual([
    { ordinal: 1, node_name: 'a', visit: 1, checkpoint_seq: 10 },
    {
      ordinal: 2,
      node_name: 'b',
      visit: 2,
      checkpoint_seq: 20,
      run_commit_sha: '0123456789012345678901234567890123456789',
    },
  ]);
});

test('forkRun: the body is optional, its target too; the answer names both runs and the checkpoint', async () => {
  const { request, send, runs } = await withRun();
  const forked = {
    source_run_id: RUN_ID,
    new_run_id: '01HV6D7S5YF4Z4B2M7K4N0Q6TA',
    target: 'build@1',
  };
  for (const answer of [
    await request('POST', at('fork')),
    await send('POST', at('fork'), {}),
    await send('POST', at('fork'), { target: null }),
  ]) {
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(forked);
  }
  const named = await send('POST', at('fork'), { target: '@2' });
  expect(await named.json()).toEqual({ ...forked, target: '@2' });
  expect(runs.callers.at(-1)?.actor).toEqual({ kind: 'user', login: 'dev' });
});

test.each([
  ['an unknown target', { target: 'nope' }, 'has no checkpoint "nope"'],
  ['an empty target', { target: '' }, 'target'],
  ['a target that is no text', { target: 2 }, 'target'],
])('decision 12: %s is a 400, of fork and rewind alike', async (_name, body, detail) => {
  const { send } = await withRun();
  for (const path of ['fork', 'rewind']) {
    const failure = await failureIn(await send('POST', at(path), body));
    expect(failure.status).toBe(400);
    expect(failure.detail).toContain(detail);
  }
});

test('rewindRun: 200 when the source is archived, 207 with the reason when only that failed', async () => {
  const { request, send } = await withRun();
  const whole = await request('POST', at('rewind'));
  expect(whole.status).toBe(200);
  expect(await whole.json()).toMatchObject({ target: 'build@1', archived: true });
  const torn = await send('POST', at('rewind'), { target: 'torn@1' });
  expect(torn.status).toBe(207);
  expect(await torn.json()).toMatchObject({ archived: false, archive_error: 'the disk is full' });
});

test('archiveRun and unarchiveRun answer the status; a run under way is a 409', async () => {
  const { request, runs } = await withRun();
  expect((await request('POST', at('archive'))).status).toBe(409);
  runs.setStatus(RUN_ID, 'completed');
  const archived = await request('POST', at('archive'));
  expect(archived.status).toBe(200);
  expect(await archived.json()).toMatchObject({
    id: RUN_ID,
    status: 'completed',
    archived_at: '2026-03-06T15:00:00.000Z',
  });
  const restored = await request('POST', at('unarchive'));
  expect(await restored.json()).not.toHaveProperty('archived_at');
});

test('listRuns: archived runs are asked for with include_archived', async () => {
  const { request, runs } = await withRun();
  await request('GET', '/api/v1/runs');
  await request('GET', '/api/v1/runs?include_archived=false');
  await request('GET', '/api/v1/runs?include_archived=true');
  expect(runs.filters).toEqual([{}, {}, { includeArchived: true }]);
  expect((await request('GET', '/api/v1/runs?include_archived=maybe')).status).toBe(400);
});

test.each([
  ['GET', 'timeline'],
  ['POST', 'fork'],
  ['POST', 'rewind'],
  ['POST', 'archive'],
  ['POST', 'unarchive'],
])('decision 8: %s %s of a malformed or unknown id is 404', async (method, path) => {
  const { request } = await withRun();
  for (const id of ['nope', '01HV6D7S5YF4Z4B2M7K4N0Q6ZZ'])
    expect(await failureIn(await request(method, `/api/v1/runs/${id}/${path}`))).toMatchObject({
      status: 404,
      detail: `Run ${id} not found.`,
    });
});
