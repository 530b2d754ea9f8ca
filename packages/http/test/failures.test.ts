import { FabroError } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { testApp } from './app.js';

describe('a failed request', () => {
  it('answers the error body of seed 001 with code and request id as extras (decision 12)', async () => {
    const { app, logged } = testApp();
    app.get('/', () => {
      throw new FabroError('not_found', 'Run abc123 not found.');
    });
    const response = await app.request('/');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      errors: [
        {
          status: '404',
          title: 'Not Found',
          detail: 'Run abc123 not found.',
          code: 'not_found',
          request_id: 'fresh-id',
        },
      ],
    });
    expect(logged).toEqual([]);
  });

  it('hides a defect behind its request id and logs it', async () => {
    const { app, logged } = testApp();
    const defect = new TypeError('password is hunter2');
    app.get('/', () => {
      throw defect;
    });
    const response = await app.request('/', { headers: { 'x-request-id': 'mine-1' } });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      errors: [
        {
          status: '500',
          title: 'Internal Server Error',
          detail: "Internal error; request id mine-1 finds it in the server's log.",
          code: 'internal',
          request_id: 'mine-1',
        },
      ],
    });
    expect(logged.map((entry) => entry.fields)).toEqual([{ request_id: 'mine-1', err: defect }]);
  });

  it('is logged when the server is at fault, but not for an operation that is not built', async () => {
    const { app, logged } = testApp();
    app.get('/full', () => {
      throw new FabroError('storage_full', 'The disk is full.');
    });
    app.get('/later', () => {
      throw new FabroError('not_implemented', 'Not implemented.');
    });
    expect((await app.request('/full')).status).toBe(503);
    expect((await app.request('/later')).status).toBe(501);
    expect(logged.map((entry) => entry.message)).toEqual(['The disk is full.']);
  });
});

describe('a request id', () => {
  it('is on every answer: the one of the client when it is well-formed', async () => {
    const { app } = testApp();
    app.get('/', (c) => c.text('ok'));
    const ids = await Promise.all(
      ['abc-1.2_3', 'a b', 'x'.repeat(65), undefined].map(async (id) => {
        const headers: Record<string, string> = id === undefined ? {} : { 'x-request-id': id };
        return (await app.request('/', { headers })).headers.get('x-request-id');
      }),
    );
    expect(ids).toEqual(['abc-1.2_3', 'fresh-id', 'fresh-id', 'fresh-id']);
  });
});

describe('security headers', () => {
  it('are on every answer, failures included, and HSTS only behind HTTPS', async () => {
    const { app } = testApp();
    const plain = await app.request('/nowhere');
    expect(Object.fromEntries(plain.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(plain.headers.has('strict-transport-security')).toBe(false);
    const secure = await app.request('/', { headers: { 'x-forwarded-proto': 'https' } });
    expect(secure.headers.get('strict-transport-security')).toBe(
      'max-age=31536000; includeSubDomains',
    );
  });
});
