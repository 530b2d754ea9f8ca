import { describe, expect, it } from 'vitest';
import { jsonBody, jsonErrorPosition } from '../src/index.js';
import { testApp } from './app.js';

function echo(options: Parameters<typeof jsonBody>[0] = {}): ReturnType<typeof testApp>['app'] {
  const { app } = testApp();
  app.post('/', jsonBody(options), async (c) => c.json({ got: (await c.req.text()) || null }));
  return app;
}

async function post(
  body: string | Uint8Array | ReadableStream | null,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  options: Parameters<typeof jsonBody>[0] = {},
): Promise<{ readonly status: number; readonly detail: string | undefined }> {
  const init = { method: 'POST', body, headers, duplex: 'half' as const };
  const response = await echo(options).request('/', init);
  const answer = JSON.stringify(await response.json());
  return { status: response.status, detail: /"detail":"(.*?)","code"/.exec(answer)?.[1] };
}

describe('a JSON body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/vnd.x+json'])(
    'is read as %s',
    async (type) => {
      expect((await post('{"a":1}', { 'content-type': type })).status).toBe(200);
    },
  );

  it('of another type is 415 and names what was expected', async () => {
    expect(await post('a=1', { 'content-type': 'application/x-www-form-urlencoded' })).toEqual({
      status: 415,
      detail: String.raw`Content-Type is \"application/x-www-form-urlencoded\"; expected application/json.`,
    });
    expect((await post(new TextEncoder().encode('{}'), {})).status).toBe(415);
  });

  it('that is malformed is 400 and names line and column', async () => {
    const { status, detail } = await post('{\n  "a": 1,\n  "b": }\n');
    expect(status).toBe(400);
    expect(detail).toContain('at line 3, column 8');
  });

  it('that is no UTF-8 is 400', async () => {
    const { status, detail } = await post(new Uint8Array([0x22, 0xff, 0x22]));
    expect([status, detail]).toEqual([400, 'Request body is not valid UTF-8.']);
  });

  it('nested deeper than 64 levels is 400', async () => {
    expect((await post('['.repeat(64) + ']'.repeat(64))).status).toBe(200);
    const { status, detail } = await post('['.repeat(65) + ']'.repeat(65));
    expect(status).toBe(400);
    expect(detail).toContain('nested deeper than 64 levels');
  });

  it('may be absent only where it is optional', async () => {
    expect((await post(null, {})).status).toBe(400);
    expect((await post(null, {}, { optional: true })).status).toBe(200);
    expect((await post(null, undefined, { optional: true })).status).toBe(200);
  });
});

describe('a body past its limit', () => {
  it('is 413 by its declared length, before a byte is read', async () => {
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull: () => {
          pulled++;
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-type': 'application/json', 'content-length': '101' };
    expect(await post(body, headers, { maxBytes: 100 })).toEqual({
      status: 413,
      detail: 'Request body of 101 bytes; at most 100 are accepted here.',
    });
    expect(pulled).toBe(0);
  });

  it('is 413 when it grows past it, and the rest is not read', async () => {
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull: (controller) => {
          pulled++;
          controller.enqueue(new Uint8Array(60));
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-type': 'application/json' };
    expect((await post(body, headers, { maxBytes: 100 })).status).toBe(413);
    expect(pulled).toBe(2);
  });
});

describe('the position of a JSON error', () => {
  it.each([
    ['', 1, 1],
    ['{', 1, 2],
    ['{"a" 1}', 1, 6],
    ['{"a":1,}', 1, 8],
    ['{a:1}', 1, 2],
    ['[1 2]', 1, 4],
    ['[1,\n2,\n]', 3, 1],
    ['{"a":1}x', 1, 8],
    ['[1}', 1, 3],
    ['nul', 1, 1],
    ['{"a":"x\ny"}', 1, 6],
    ['{"a":[{"b":{}},[]],"c":01}', 1, 25],
  ])('of %j is line %i, column %i', (text, line, column) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(jsonErrorPosition(text)).toEqual({ line, column });
  });
});
