import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unixFetch } from '../src/unix-fetch.js';

let folder: string;
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabro-fetch-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) =>
    server === undefined ? resolve(undefined) : server.close(resolve),
  );
  server = undefined;
  await rm(folder, { recursive: true });
});

async function serving(listener: RequestListener): Promise<typeof fetch> {
  const path = join(folder, 's.sock');
  const created = createServer(listener);
  server = created;
  await new Promise<void>((resolve) => created.listen(path, resolve));
  return unixFetch(path);
}

describe('fetch over a Unix socket', () => {
  it('sends method, path, headers and body, and gives status, headers and body', async () => {
    const seen: unknown[] = [];
    const send = await serving((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        seen.push([
          request.method,
          request.url,
          request.headers['x-a'],
          request.headers.host,
          body,
        ]);
        response.writeHead(201, { 'x-b': 'two' }).end('{"ok":"é"}');
      });
    });
    const init = { method: 'POST', headers: { 'x-a': 'one' }, body: 'häh' };
    const response = await send('http://localhost/p?q=1', init);
    expect([response.status, response.headers.get('x-b')]).toEqual([201, 'two']);
    expect(await response.json()).toEqual({ ok: 'é' });
    await send(new Request('http://localhost/r', { method: 'PUT', body: 'x' }));
    expect(seen).toEqual([
      ['POST', '/p?q=1', 'one', 'localhost', 'häh'],
      ['PUT', '/r', undefined, 'localhost', 'x'],
    ]);
  });

  it('has no body where there is none', async () => {
    const send = await serving((_, response) => response.writeHead(204).end());
    const response = await send('http://localhost/', { method: 'DELETE' });
    expect([response.status, response.body]).toEqual([204, null]);
  });

  it('streams the answer as it comes and lets the server know when the reader leaves', async () => {
    let left: Promise<void> | undefined;
    let more = (): void => {};
    const send = await serving((_, response) => {
      left = new Promise((resolve) => response.on('close', resolve));
      more = () => void response.write('two');
      response.write('one');
    });
    const reader = (await send('http://localhost/')).body?.getReader();
    const read = async (): Promise<string> =>
      new TextDecoder().decode((await reader?.read())?.value);
    expect(await read()).toBe('one');
    more();
    expect(await read()).toBe('two');
    await reader?.cancel();
    await left;
  });

  it('is cut by its signal, before and during the answer', async () => {
    const send = await serving((request, response) => {
      if (request.url === '/stream') response.write('one');
    });
    const before = new AbortController();
    const waiting = send('http://localhost/silent', { signal: before.signal });
    before.abort(new Error('changed my mind'));
    await expect(waiting).rejects.toThrow('changed my mind');
    const during = new AbortController();
    const response = await send('http://localhost/stream', { signal: during.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    const next = reader?.read();
    during.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    await expect(send('http://localhost/', { signal: during.signal })).rejects.toThrow('enough');
  });

  it('fails when the connection breaks in the middle of the answer', async () => {
    let cut = (): void => {};
    const send = await serving((_, response) => {
      response.write('one');
      cut = () => void response.destroy();
    });
    const reader = (await send('http://localhost/')).body?.getReader();
    await reader?.read();
    cut();
    await expect(reader?.read()).rejects.toThrow('aborted');
  });

  it('fails like fetch when nobody listens, and the cause says so', async () => {
    await expect(unixFetch(join(folder, 'nobody.sock'))('http://localhost/')).rejects.toMatchObject(
      { message: 'fetch failed', cause: { code: 'ENOENT' } },
    );
  });
});
