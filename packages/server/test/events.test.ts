import { describe, expect, it } from 'vitest';
import { failureIn, type Harness, harness, manifest, RUN_ID } from './support/harness.js';

async function runWith(events: number): Promise<Harness> {
  const h = harness();
  await h.send('POST', '/api/v1/runs', manifest());
  h.runs.setStatus(RUN_ID, 'running');
  for (let i = 1; i < events; i++) h.runs.append(RUN_ID, 'run.notice', { n: i });
  return h;
}

/** Reads frames until the stream ends, or until `count` of them have come. */
async function frames(response: Response, count = Infinity): Promise<readonly string[]> {
  const found: string[] = [];
  if (response.body === null) return found;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  while (found.length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    const parts = (rest + value).split('\n\n');
    rest = parts.pop() ?? '';
    found.push(...parts);
  }
  await reader.cancel();
  return found;
}

const ids = (list: readonly string[]): readonly string[] =>
  list.map((frame) => /^id: (\d+)\ndata: \{/.exec(frame)?.[1] ?? frame);

const attach = async (
  h: Harness,
  query = '',
  headers: Record<string, string> = {},
): Promise<Response> =>
  h.app.request(`/api/v1/runs/${RUN_ID}/attach${query}`, {
    headers: { authorization: 'Bearer fabro_dev_test', ...headers },
  });

describe('a page of events', () => {
  it('begins at since_seq and says whether there is more', async () => {
    const h = await runWith(5);
    const page = await h.request('GET', `/api/v1/runs/${RUN_ID}/events?since_seq=2&limit=3`);
    expect(await page.json()).toMatchObject({
      data: [{ seq: 2 }, { seq: 3 }, { seq: 4 }],
      meta: { has_more: true },
    });
    const all = await h.request('GET', `/api/v1/runs/${RUN_ID}/events`);
    expect(await all.json()).toMatchObject({ meta: { has_more: false } });
  });

  it.each(['since_seq=0', 'since_seq=x', 'limit=1.5'])('refuses %s with 400', async (query) => {
    const h = await runWith(1);
    expect((await h.request('GET', `/api/v1/runs/${RUN_ID}/events?${query}`)).status).toBe(400);
  });

  it('is the stream under Accept: text/event-stream', async () => {
    const h = await runWith(3);
    const response = await h.app.request(`/api/v1/runs/${RUN_ID}/events?since_seq=1`, {
      headers: { authorization: 'Bearer fabro_dev_test', accept: 'text/event-stream' },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(ids(await frames(response, 3))).toEqual(['1', '2', '3']);
  });
});

describe('attaching to a run', () => {
  it('replays from since_seq, follows, and ends with the run', async () => {
    const h = await runWith(3);
    const response = await attach(h, '?since_seq=2');
    const reading = frames(response);
    h.runs.append(RUN_ID, 'run.completed');
    h.runs.setStatus(RUN_ID, 'completed');
    expect(ids(await reading)).toEqual(['2', '3', '4']);
    expect(h.runs.attached).toBe(0);
  });

  it('sends only what comes after now without a starting point', async () => {
    const h = await runWith(3);
    const response = await attach(h);
    const reading = frames(response, 1);
    h.runs.append(RUN_ID, 'run.notice');
    expect(ids(await reading)).toEqual(['4']);
  });

  it('gives exactly the rest after Last-Event-ID, which wins over since_seq', async () => {
    const h = await runWith(6);
    const first = await frames(await attach(h, '?since_seq=1'), 4);
    const last = ids(first).at(-1) ?? '';
    const reading = frames(await attach(h, '?since_seq=1', { 'last-event-id': last }));
    h.runs.append(RUN_ID, 'run.completed');
    h.runs.setStatus(RUN_ID, 'completed');
    expect([...ids(first), ...ids(await reading)]).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('waits on a run that has not started (decision 10)', async () => {
    const h = harness();
    await h.send('POST', '/api/v1/runs', manifest());
    const reading = frames(await attach(h), 1);
    h.runs.append(RUN_ID, 'run.queued');
    expect(ids(await reading)).toEqual(['2']);
  });

  it.each([
    ['without a starting point', '', {}],
    ['with since_seq past the last event', '?since_seq=4', {}],
    ['with the last event as Last-Event-ID', '', { 'last-event-id': '3' }],
  ])('to an ended run is 410 %s (decision 10)', async (_, query, headers) => {
    const h = await runWith(3);
    h.runs.setStatus(RUN_ID, 'failed');
    expect(await failureIn(await attach(h, query, headers))).toEqual({
      status: 410,
      detail: 'Event stream closed.',
      code: 'gone',
    });
  });

  it('to an ended run with a valid starting point replays and closes (decision 10)', async () => {
    const h = await runWith(3);
    h.runs.setStatus(RUN_ID, 'completed');
    expect(ids(await frames(await attach(h, '?since_seq=2')))).toEqual(['2', '3']);
  });

  it.each([
    ['?since_seq=0', {}, 'Parameter since_seq is 0; expected an integer from 1.'],
    ['', { 'last-event-id': 'x' }, 'Parameter Last-Event-ID is "x"; expected an integer from 0.'],
  ])('refuses %s %j with 400', async (query, headers, detail) => {
    const h = await runWith(1);
    expect(await failureIn(await attach(h, query, headers))).toMatchObject({ status: 400, detail });
  });

  it('lets go of the run when the client goes away', async () => {
    const h = await runWith(3);
    await frames(await attach(h, '?since_seq=1'), 2);
    await new Promise((resolve) => setImmediate(resolve));
    expect([h.runs.attached, h.streams.size]).toEqual([0, 0]);
  });

  it('opens no stream for HEAD, which nobody would read', async () => {
    const h = await runWith(3);
    const headers = { authorization: 'Bearer fabro_dev_test' };
    const head = async (id: string): Promise<Response> =>
      h.app.request(`/api/v1/runs/${id}/attach`, { method: 'HEAD', headers });
    expect((await head(RUN_ID)).status).toBe(200);
    expect((await head('abc')).status).toBe(404);
    expect([h.runs.attached, h.streams.size]).toEqual([0, 0]);
  });
});
