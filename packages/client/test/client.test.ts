import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../src/index.js';
import { type Answer, failure, type Loopback, loopback } from './loopback.js';

let server: Loopback | undefined;
afterEach(() => server?.close());

async function clientOf(...answers: readonly Answer[]): Promise<ReturnType<typeof createClient>> {
  server = await loopback(...answers);
  return createClient({ baseUrl: `${server.url}/api/v1/`, token: 't' });
}

const answer =
  (body: string, status = 200): Answer =>
  (_, response) =>
    void response.writeHead(status).end(body);

describe('a call of the client', () => {
  it('sends the token, the query and the body to the operation', async () => {
    const seen: unknown[] = [];
    const client = await clientOf((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        seen.push([request.headers.authorization, request.headers['content-type'], body]);
        response.end('{"id":"r","status":"queued","created_at":"now","queue_position":1}');
      });
    }, answer('{"data":[],"meta":{"has_more":false}}'));
    expect(await client.startRun('a/b', { resume: true })).toEqual({
      id: 'r',
      status: 'queued',
      created_at: 'now',
      queue_position: 1,
    });
    expect(seen).toEqual([['Bearer t', 'application/json', '{"resume":true}']]);
    await client.listRuns({ limit: 5, status: ['queued', 'running'], labels: { a: 'b=c' } });
    expect(server?.requests.map((request) => decodeURIComponent(request.line))).toEqual([
      'POST /api/v1/runs/a/b/start',
      'GET /api/v1/runs?page[limit]=5&status=queued&status=running&label=a=b=c',
    ]);
  });

  it.each([
    [409, 'conflict', 'Run is not paused.'],
    [404, 'not_found', 'Run abc not found.'],
    [400, 'invalid_manifest', 'unsupported manifest version 7'],
  ])('fails with the detail and code of a %i', async (status, code, detail) => {
    const client = await clientOf(failure(status, detail, code));
    await expect(client.unpauseRun('abc')).rejects.toMatchObject({ code, message: detail, status });
  });

  it('fails with the code that belongs to the status when a proxy answers', async () => {
    const client = await clientOf(
      (_, response) => void response.writeHead(401).end('<html>log in</html>'),
    );
    await expect(client.getUser()).rejects.toMatchObject({
      code: 'unauthenticated',
      message:
        'GET /api/v1/user was answered with status 401 and no error body: <html>log in</html>',
    });
  });

  it.each(['{"id":"r","status":"dancing","created_at":"now"}', 'no JSON'])(
    'fails with upstream when the answer is %s',
    async (body) => {
      const client = await clientOf(answer(body));
      await expect(client.cancelRun('r')).rejects.toMatchObject({ code: 'upstream' });
    },
  );

  it('names field and value when a system answer does not fit', async () => {
    const client = await clientOf(answer('{"version":"1","server_url":5,"runs":{}}'));
    await expect(client.getSystemInfo()).rejects.toMatchObject({
      code: 'upstream',
      message: 'GET /api/v1/system/info: server_url is 5; expected a string.',
    });
  });

  it('fails with unavailable and the reason when nobody listens', async () => {
    const client = await clientOf(answer(''));
    const url = server?.url;
    await server?.close();
    await expect(client.getHealth()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`Cannot reach the server at ${url}: connect ECONNREFUSED`),
    });
  });

  it('says of a port that fetch blocks that it cannot be used, and not that no server runs', async () => {
    const client = createClient({ baseUrl: 'http://127.0.0.1:1', token: 'secret', fetch });
    await expect(client.getHealth()).rejects.toMatchObject({
      code: 'invalid_argument',
      message:
        'http://127.0.0.1:1: this port cannot be used by the client, since `fetch` blocks it. Let the server listen on another port.',
    });
  });
});
