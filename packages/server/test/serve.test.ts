import { FabroError } from '@fabro/protocol';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ListenOn, type RunningServer, serve } from '../src/index.js';
import { type Harness, harness, manifest, RUN_ID, TOKEN } from './support/harness.js';

let folder: string;
const servers: RunningServer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-serve-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true });
});

async function listen(h: Harness, on: ListenOn, graceMs = 5_000): Promise<RunningServer> {
  const logger = { error: (fields: unknown) => void h.logged.push(fields) };
  const server = await serve(h.app, on, { streams: h.streams, logger, graceMs });
  servers.push(server);
  return server;
}

const LOOPBACK: ListenOn = { kind: 'tcp', host: '127.0.0.1', port: 0 };
const authorization = `Bearer ${TOKEN}`;

function urlOf(server: RunningServer): string {
  return server.address.kind === 'tcp' ? server.address.url : 'http://localhost';
}

describe('listening on a Unix socket', () => {
  it('serves with mode 0600 and removes the socket when it stops', async () => {
    const path = join(folder, 'fabro.sock');
    const h = harness();
    const server = await listen(h, { kind: 'unix', path });
    expect(server.address).toEqual({ kind: 'unix', path });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const body = await getOverSocket(path, '/api/v1/user');
    expect(body).toBe('{"login":"dev"}');
    await server.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a path on which a server answers, and names it', async () => {
    const path = join(folder, 'fabro.sock');
    await listen(harness(), { kind: 'unix', path });
    await expect(listen(harness(), { kind: 'unix', path })).rejects.toEqual(
      new FabroError(
        'address_in_use',
        `A server already listens on ${path}; use it, or stop it with \`fabro server stop\`.`,
      ),
    );
    expect(await getOverSocket(path, '/health')).toContain('ok');
  });

  it('takes over the socket of a server that was killed', async () => {
    const path = join(folder, 'fabro.sock');
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
    expect(await readdir(folder)).toEqual(['fabro.sock']);
    await listen(harness(), { kind: 'unix', path });
    expect(await getOverSocket(path, '/health')).toContain('ok');
  });

  it('never removes a file that is no socket', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'mine');
    await expect(listen(harness(), { kind: 'unix', path })).rejects.toMatchObject({
      code: 'address_in_use',
      message: expect.stringContaining('is not a socket'),
    });
    expect(await readdir(folder)).toEqual(['notes.txt']);
  });

  it('refuses a path that is too long to bind', async () => {
    const path = join(folder, 'x'.repeat(100));
    await expect(listen(harness(), { kind: 'unix', path })).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('at most 103'),
    });
  });
});

describe('listening on a port', () => {
  it('refuses a port in use with the remedy', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(listen(harness(), { kind: 'tcp', host: '127.0.0.1', port })).rejects.toMatchObject(
      {
        code: 'address_in_use',
        message: `127.0.0.1:${port} is in use by another program; stop it or choose another address with --bind.`,
      },
    );
    await new Promise((resolve) => blocker.close(resolve));
  });

  it('has the error body for requests that never reach a route', async () => {
    const server = await listen(harness(), LOOPBACK);
    if (server.address.kind !== 'tcp') throw new Error('expected a port');
    const { port } = server.address;
    const malformed = await raw(port, 'NONSENSE\r\n\r\n');
    expect(malformed).toContain('HTTP/1.1 400 Bad Request');
    expect(malformed).toContain('{"errors":[{"status":"400","title":"Bad Request"');
    const badHost = await raw(port, 'GET / HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n');
    expect(badHost).toContain('{"errors":[{"status":"400"');
    const longHeader = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await raw(port, longHeader)).toContain('"status":"431"');
  });

  it('answers 413 before the body has been sent', async () => {
    const server = await listen(harness(), LOOPBACK);
    if (server.address.kind !== 'tcp') throw new Error('expected a port');
    const head = `POST /api/v1/runs HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n`;
    expect(await raw(server.address.port, head)).toContain('HTTP/1.1 413');
  });
});

describe('stopping', () => {
  it('ends open streams cleanly and closes at once', async () => {
    const h = harness();
    const server = await listen(h, LOOPBACK);
    await h.send('POST', '/api/v1/runs', manifest());
    const response = await fetch(`${urlOf(server)}/api/v1/runs/${RUN_ID}/attach?since_seq=1`, {
      headers: { authorization },
    });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain('id: 1\n');
    const started = Date.now();
    await server.close();
    expect((await reader?.read())?.done).toBe(true);
    expect(Date.now() - started).toBeLessThan(4_000);
    expect([h.runs.attached, h.streams.size]).toEqual([0, 0]);
    expect(h.logged).toEqual([]);
  });

  it('waits for an answer in progress', async () => {
    const h = harness();
    let release = (): void => {};
    let entered = (): void => {};
    const inside = new Promise<void>((resolve) => (entered = resolve));
    h.runs.list = () => {
      entered();
      return new Promise((resolve) => (release = () => resolve({ data: [], hasMore: false })));
    };
    const server = await listen(h, LOOPBACK);
    const answer = fetch(`${urlOf(server)}/api/v1/runs`, { headers: { authorization } });
    await inside;
    const closed = server.close();
    release();
    expect((await answer).status).toBe(200);
    await closed;
  });

  it('cuts what does not end in time', async () => {
    const h = harness();
    let entered = (): void => {};
    const inside = new Promise<void>((resolve) => (entered = resolve));
    h.runs.list = () => {
      entered();
      return new Promise(() => {});
    };
    const server = await listen(h, LOOPBACK, 50);
    const answer = fetch(`${urlOf(server)}/api/v1/runs`, { headers: { authorization } });
    const outcome = answer.then(
      () => 'answered',
      () => 'cut',
    );
    await inside;
    await server.close();
    expect(await outcome).toBe('cut');
  });
});

describe('a reader that does not read', () => {
  it('stops the source from being asked for more', async () => {
    const h = harness();
    await h.send('POST', '/api/v1/runs', manifest());
    let pulled = 0;
    const json = JSON.stringify({ padding: 'x'.repeat(64 * 1024) });
    h.runs.attach = async (_, { signal }) =>
      (async function* () {
        while (!signal.aborted) yield [{ kind: 'event' as const, seq: ++pulled, json }];
      })();
    const server = await listen(h, LOOPBACK);
    const agent = new Agent();
    const stalled = await new Promise<IncomingMessage>((resolve, reject) => {
      const url = `${urlOf(server)}/api/v1/runs/${RUN_ID}/attach?since_seq=1`;
      httpRequest(url, { headers: { authorization }, agent }, resolve).on('error', reject).end();
    });
    stalled.pause();
    let before = -1;
    while (before !== pulled) {
      before = pulled;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // Only the buffers of the kernel and of Node lie between source and reader: some MB, not a stream.
    expect(pulled).toBeGreaterThan(0);
    expect(pulled).toBeLessThan(400);
    stalled.destroy();
    agent.destroy();
    await server.close();
    expect(h.streams.size).toBe(0);
  });
});

function getOverSocket(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { socketPath, path, headers: { authorization, host: 'localhost' } };
    httpRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}
