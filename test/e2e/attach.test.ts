/** A run's stream as any client of server-sent events sees it (decision 10; design decision 7). */
import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type Home, testHome } from './support/home.js';
import { Failure, open } from './support/http.js';
import { type Server, startServer } from './support/server.js';
import { until } from './support/wait.js';
import { type Frame, frames } from './support/watcher.js';

const HELLO = `digraph Hello {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  hello [shape=parallelogram, script="echo hello"]
  start -> hello -> exit
}`;

/** Waits for a file, so that the test says when it goes on. */
const waiting = (home: Home): string => `digraph Waiting {
  start [shape=Mdiamond]
  exit [shape=Msquare]
  hold [shape=parallelogram, script="until [ -e ${home.at('go')} ]; do sleep 0.05; done"]
  start -> hold -> exit
}`;

async function stream(
  server: Server,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; type: string | undefined; read(): Promise<readonly Frame[]> }> {
  const body = await open(server.address, 'GET', `/api/v1${path}`, {
    headers: { authorization: `Bearer ${server.token}`, ...headers },
  });
  return {
    status: body.statusCode ?? 0,
    type: body.headers['content-type'],
    async read() {
      const all: Frame[] = [];
      for await (const frame of frames(body)) all.push(frame);
      return all;
    },
  };
}

function curl(server: Server, path: string): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(
      'curl',
      ['--silent', '--show-error', '--fail', '--no-buffer', '--max-time', '10']
        .concat('--unix-socket', server.address)
        .concat('--header', `Authorization: Bearer ${server.token}`)
        .concat(`http://localhost/api/v1${path}`),
      (error, stdout) =>
        error === null ? resolve(stdout) : reject(new Error('curl failed', { cause: error })),
    ),
  );
}

describe('the stream of a run', () => {
  it('curl --unix-socket replays an ended run from since_seq=1 and ends', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(HELLO);
    await server.ended(run);
    const text = await curl(server, `/runs/${run}/attach?since_seq=1`);
    const events = await server.events(run);
    expect(text).toMatch(/^id: 1\ndata: \{"seq":1,[^\n]+"event":"run\.created"[^\n]+\n\n/);
    expect([...text.matchAll(/^id: (\d+)$/gm)].map((m) => Number(m[1]))).toEqual(
      events.map((e) => e.seq),
    );
    expect(text).toMatch(/"event":"run\.completed"[^\n]+\n\n$/);
  });

  it('Last-Event-ID gives exactly the rest, at every place, and wins over since_seq', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(HELLO);
    await server.ended(run);
    const whole = await (await stream(server, `/runs/${run}/attach?since_seq=1`)).read();
    expect(whole.length).toBeGreaterThan(10);
    for (let seen = 0; seen < whole.length; seen++) {
      const rest = await stream(server, `/runs/${run}/attach?since_seq=1`, {
        'last-event-id': String(seen),
      });
      expect(await rest.read()).toEqual(whole.slice(seen));
    }
    const since = await stream(server, `/runs/${run}/attach?since_seq=5`);
    expect(await since.read()).toEqual(whole.slice(4));
    const asEvents = await stream(server, `/runs/${run}/events?since_seq=1`, {
      accept: 'text/event-stream',
    });
    expect(asEvents.type).toBe('text/event-stream');
    expect(await asEvents.read()).toEqual(whole);
  });

  it('an ended run is 410 without a starting point and past its last event', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(HELLO);
    await server.ended(run);
    const last = (await server.events(run)).length;
    const gone = [
      ['', {}],
      [`?since_seq=${last + 1}`, {}],
      ['', { 'last-event-id': String(last) }],
      ['', { 'last-event-id': String(last + 7) }],
    ] as const;
    for (const [query, headers] of gone) {
      const wire = await server.api('GET', `/runs/${run}/attach${query}`, { headers });
      expect(wire.status).toBe(410);
      expect(wire.as(Failure)).toMatchObject({ status: '410', title: 'Gone' });
    }
    const lastOne = await stream(server, `/runs/${run}/attach?since_seq=${last}`);
    expect((await lastOne.read()).map((f) => f.id)).toEqual([last]);
    for (const bad of ['0', '-1', 'x', '1.5']) {
      const wire = await server.api('GET', `/runs/${run}/attach?since_seq=${bad}`);
      expect([bad, wire.status]).toEqual([bad, 400]);
      expect(wire.as(Failure).detail).toContain('since_seq');
    }
    expect((await server.api('GET', '/runs/01JNQVR7M0EJ5GKAT2SC4ERS1Z/attach')).status).toBe(404);
  });

  it('attaching before the start waits and then shows the run to its end', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.create(HELLO);
    const body = await open(server.address, 'GET', `/api/v1/runs/${run}/attach?since_seq=1`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    expect(body.statusCode).toBe(200);
    const seen: Frame[] = [];
    const reading = (async () => {
      for await (const frame of frames(body)) seen.push(frame);
    })();
    await until('the events of the creation', () => seen.length === 2);
    expect((await server.api('POST', `/runs/${run}/start`, { body: {} })).status).toBe(200);
    await reading;
    expect(seen.map((f) => f.id)).toEqual((await server.events(run)).map((e) => e.seq));
  });

  it('a silent stream is kept alive by a comment after 15 s, and ends with the run', async () => {
    const home = testHome();
    const server = await startServer(home);
    const run = await server.run(waiting(home));
    await server.event(run, 'command.started');
    const openedAt = Date.now();
    const body = await open(server.address, 'GET', `/api/v1/runs/${run}/attach`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    const others: string[] = [];
    const seen: Frame[] = [];
    const reading = (async () => {
      for await (const frame of frames(body, (other) => others.push(other))) seen.push(frame);
    })();
    await until('the comment', () => others.includes(': keep-alive'));
    expect(Date.now() - openedAt).toBeGreaterThanOrEqual(14_500);
    home.write('go', '');
    await reading;
    expect(seen.at(-1)?.data).toContain('"event":"run.completed"');
  });
});
