import { JsonObject } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { NOT_BUILT_OPERATIONS } from '../src/index.js';
import { failureIn, harness } from './support/harness.js';

describe('routes that answer nothing else', () => {
  it.each(NOT_BUILT_OPERATIONS)('%s %s (%s) is 501 (decision 14)', async (method, path) => {
    const { request } = harness();
    const url = path.replaceAll(/\{.+?\}/g, 'x');
    expect(await failureIn(await request(method.toUpperCase(), url))).toEqual({
      status: 501,
      detail: 'Not implemented.',
      code: 'not_implemented',
    });
  });

  it.each([
    ['GET', '/api/v1/projects'],
    ['GET', '/api/v1/projects/x/branches'],
    ['GET', '/api/v1/verifications'],
    ['GET', '/api/v1/runs/x/verifications'],
    ['POST', '/api/v1/workflows/smoke/runs'],
    ['GET', '/api/v1/nowhere'],
    ['GET', '/nowhere'],
    ['GET', '/runs'],
    ['GET', '/openapi.json'],
    ['POST', '/api/v1/runs/'],
  ])('%s %s is 404 in the error body (decisions 5 and 14)', async (method, path) => {
    const { request } = harness();
    expect(await failureIn(await request(method, path))).toEqual({
      status: 404,
      detail: `No operation ${method} ${path}; /api/v1/openapi.json lists all of them.`,
      code: 'not_found',
    });
  });

  it.each([
    ['PUT', '/api/v1/runs', 'GET, HEAD, POST'],
    ['PATCH', '/api/v1/runs/x', 'DELETE, GET, HEAD'],
    ['GET', '/api/v1/runs/x/cancel', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/runs', 'GET, HEAD, POST'],
  ])('%s %s is 405 and allows %s', async (method, path, allow) => {
    const { app } = harness();
    const headers = { authorization: 'Bearer fabro_dev_test' };
    const response = await app.request(path, { method, headers });
    expect(response.headers.get('allow')).toBe(allow);
    expect(await failureIn(response)).toEqual({
      status: 405,
      detail: `${path} does not take ${method}; expected ${allow}.`,
      code: undefined,
    });
  });

  it('answers HEAD like GET without a body', async () => {
    const { app } = harness();
    const response = await app.request('/health', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('authentication', () => {
  it('guards every operation but discovery, health and the document', async () => {
    const { app } = harness();
    const document = JsonObject.parse(await (await app.request('/api/v1/openapi.json')).json());
    const open: string[] = [];
    for (const [path, item] of Object.entries(JsonObject.parse(document['paths'])))
      for (const method of Object.keys(JsonObject.parse(item))) {
        const url = path.replaceAll(/\{.+?\}/g, 'x');
        const response = await app.request(url, { method: method.toUpperCase() });
        if (response.status !== 401) open.push(`${method} ${path}`);
        else
          expect(await failureIn(response)).toMatchObject({ detail: 'Authentication required.' });
      }
    expect(open.filter((entry) => !entry.includes('/install/'))).toEqual([
      'get /',
      'get /health',
      'get /api/v1/openapi.json',
    ]);
  });

  it('is asked for over a Unix socket too', async () => {
    const { request } = harness();
    const response = await request('GET', '/api/v1/user', { token: undefined, transport: 'unix' });
    expect(response.status).toBe(401);
  });
});

describe('the document', () => {
  it('gives every operation an id of its own and a documented answer', async () => {
    const { app } = harness();
    const document = JsonObject.parse(await (await app.request('/api/v1/openapi.json')).json());
    const ids: unknown[] = [];
    for (const [path, item] of Object.entries(JsonObject.parse(document['paths'])))
      for (const [method, value] of Object.entries(JsonObject.parse(item))) {
        const operation = JsonObject.parse(value);
        ids.push(operation['operationId']);
        const responses = JsonObject.parse(operation['responses']);
        for (const [status, declared] of Object.entries(responses))
          if (status !== '204')
            expect(JsonObject.parse(declared), `${method} ${path} ${status}`).toHaveProperty(
              'content',
            );
      }
    // The documented ones, and `retrieveRunDiff`, which is our own.
    expect(ids).toHaveLength(113);
    expect(new Set(ids).size).toBe(113);
  });
});
