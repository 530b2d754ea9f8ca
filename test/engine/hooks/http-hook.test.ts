/** Hooks that are asked over HTTP: §9.1 "HTTP", against a service on loopback. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServiceTwin, type Twin, type TwinScript } from '../../twins/index.js';
import { createHookFetch } from '@fabro/engine/hook-fetch';
import type { HookEntry, HookResult } from '@fabro/engine';
import { ask, CONTEXT, ManualClock, type AskOptions } from './hook-world.js';
import { nowhereSandbox } from './nowhere-sandbox.js';

async function service(script: TwinScript): Promise<Twin> {
  const twin = await startServiceTwin(script);
  onTestFinished(async () => await twin.close());
  return twin;
}

function post(entry: Partial<HookEntry>, options: AskOptions = {}): Promise<HookResult> {
  const ports = { fetch: createHookFetch(), ...options.ports };
  return ask(nowhereSandbox, { tls: 'off', ...entry }, { ...options, ports });
}

const proceeded = (error: unknown) => ({
  decision: { decision: 'proceed' },
  error,
  durationMs: 0,
});

describe('§9.1 an HTTP hook', () => {
  it('is posted the context as JSON, and the answer decides', async () => {
    const decision = { decision: 'block', reason: 'frozen' };
    const twin = await service([{ text: JSON.stringify(decision) }]);
    expect(await post({ url: `${twin.url}/ask?x=1` })).toEqual({
      decision,
      output: '{"decision":"block","reason":"frozen"}',
      durationMs: 0,
    });
    const request = await twin.request(0);
    expect(request).toMatchObject({
      method: 'POST',
      path: '/ask?x=1',
      headers: { 'content-type': 'application/json' },
    });
    expect(JSON.parse(request.body.toString())).toEqual(CONTEXT);
  });

  it.each([
    { decision: 'proceed' },
    { decision: 'skip', reason: 'done' },
    { decision: 'override', edge_to: 'deploy' },
  ])('may decide $decision', async (decision) => {
    const twin = await service([{ text: JSON.stringify(decision) }]);
    expect((await post({ url: twin.url })).decision).toEqual(decision);
  });
});

describe('§9.1 headers', () => {
  const headers = { 'X-Team': 'a-{{ env.TEAM }}', Authorization: 'Bearer {{env.TOKEN}}' };

  it('hold the variables that the hook may name', async () => {
    const twin = await service([{ text: '' }]);
    const env = { TEAM: 'red', TOKEN: 'hunter22', OTHER: 'x' };
    const entry = { url: twin.url, headers, allowed_env_vars: ['TEAM', 'TOKEN'] };
    expect(await post(entry, { ports: { env } })).toEqual({
      decision: { decision: 'proceed' },
      durationMs: 0,
    });
    expect((await twin.request(0)).headers).toMatchObject({
      'x-team': 'a-red',
      authorization: 'Bearer hunter22',
    });
  });

  it.each([
    ['does not list', { TEAM: 'red', TOKEN: 'hunter22' }, ['TEAM'], 'TEAM'],
    ['lists nothing of', { TEAM: 'red', TOKEN: 'hunter22' }, [], 'nothing'],
    ['lists and the run may not name', { TEAM: 'red' }, ['TEAM', 'TOKEN'], 'TEAM, TOKEN'],
  ])('with a variable that the hook %s: it is not asked', async (_title, env, allowed, listed) => {
    const twin = await service([]);
    const entry = { url: twin.url, headers, allowed_env_vars: allowed };
    const result = await post(entry, { ports: { env } });
    expect(result.decision).toEqual({ decision: 'proceed' });
    expect(result.error).toMatch(/^hook "gate": header (X-Team|Authorization) names \{\{ env\./);
    expect(result.error).toContain(
      `A hook may name only what its allowed_env_vars lists (${listed}). It was not asked.`,
    );
    expect(twin.requests).toEqual([]);
  });

  it('may name the content type', async () => {
    const twin = await service([{ text: '' }]);
    await post({ url: twin.url, headers: { 'Content-Type': 'application/cloudevents+json' } });
    expect((await twin.request(0)).headers['content-type']).toBe('application/cloudevents+json');
  });
});

describe('§9.1 tls', () => {
  it.each([
    ['verify', 'http://127.0.0.1:9/x', 'Use https, or set tls = "off" for a plain connection.'],
    ['no_verify', 'http://127.0.0.1:9/x', 'Use https, or set tls = "off"'],
    ['verify', 'ftp://127.0.0.1/x', 'Write an address that begins with https://.'],
    ['off', 'file:///x', 'Write an address that begins with https:// or http://.'],
    ['off', 'example.com', 'Write an address that begins with https:// or http://.'],
  ] as const)('%s blocks %s', async (tls, url, remedy) => {
    expect(await ask(nowhereSandbox, { url, tls })).toEqual({
      decision: {
        decision: 'block',
        reason: expect.stringContaining(
          `hook "gate": url ${JSON.stringify(url)} does not go with tls = "${tls}". ${remedy}`,
        ),
      },
      durationMs: 0,
    });
  });

  it('verify does not talk to a service with an unknown certificate, no_verify does', async () => {
    const { url, bodies } = await secureService('{"decision":"skip"}');
    expect(await post({ url, tls: 'verify' })).toMatchObject(
      proceeded(`hook "gate" at ${url}/ cannot be asked: self-signed certificate.`),
    );
    expect(bodies).toEqual([]);
    expect(await post({ url, tls: 'no_verify' })).toMatchObject({
      decision: { decision: 'skip' },
    });
    expect(bodies).toEqual([JSON.stringify(CONTEXT)]);
  });

  it('no_verify ends with the run too', async () => {
    const stop = new AbortController();
    const { url } = await secureService(() => stop.abort(new Error('cancelled')));
    await expect(post({ url, tls: 'no_verify' }, { signal: stop.signal })).rejects.toThrow(
      'cancelled',
    );
  });
});

describe('§9.1 an HTTP hook proceeds, and the record says why,', () => {
  it('when the answer is empty, which is no mistake', async () => {
    const twin = await service([{ text: ' \n' }]);
    expect(await post({ url: twin.url })).toEqual({
      decision: { decision: 'proceed' },
      durationMs: 0,
    });
  });

  it.each([[400], [404], [500], [503]])('when the status is %i', async (status) => {
    const twin = await service([{ status, message: 'no' }]);
    expect(await post({ url: twin.url })).toEqual({
      ...proceeded(`hook "gate" at ${twin.url}/ answered ${status}; expected 2xx.`),
      output: '{"error":"no"}',
    });
  });

  it('when it is redirected: nothing is asked elsewhere', async () => {
    const twin = await service([{ status: 307, headers: { location: '/other' } }]);
    expect((await post({ url: twin.url })).error).toBe(
      `hook "gate" at ${twin.url}/ answered 307; redirects are not followed, so write the final address.`,
    );
    expect(twin.requests).toHaveLength(1);
  });

  it('when the answer is no decision', async () => {
    const twin = await service([{ text: '<html>fine</html>' }]);
    expect(await post({ url: twin.url })).toMatchObject({
      decision: { decision: 'proceed' },
      output: '<html>fine</html>',
      error: expect.stringMatching(
        /^hook "gate" at .* answered with no decision \(.*\); expected/s,
      ),
    });
  });

  it('when the answer is larger than 64 KiB', async () => {
    const twin = await service([{ text: `{"decision":"block"}${' '.repeat(70_000)}` }]);
    expect(await post({ url: twin.url })).toEqual(
      proceeded(`hook "gate" at ${twin.url}/ answered more than 65536 bytes.`),
    );
  });

  it('when the connection breaks', async () => {
    const twin = await service([{ text: 'x', interrupt: { afterFrames: 0, how: 'drop' } }]);
    expect(await post({ url: twin.url })).toEqual(
      proceeded(expect.stringContaining(`hook "gate" at ${twin.url}/ cannot be asked: `)),
    );
  });

  it('when nobody listens', async () => {
    const twin = await startServiceTwin([]);
    await twin.close();
    expect((await post({ url: twin.url })).error).toMatch(/cannot be asked: .*ECONNREFUSED/);
  });

  it('when the answer does not come in time, with name, limit and remedy', async () => {
    const clock = new ManualClock();
    const twin = await service([{ text: 'x', interrupt: { afterFrames: 0, how: 'stall' } }]);
    const asked = post({ url: `${twin.url}/slow`, timeout: 2_000 }, { ports: { clock } });
    const request = await twin.request(0);
    clock.pass(1_999);
    expect(clock.waiting).toBe(1);
    clock.pass(1);
    expect(await asked).toEqual({
      ...proceeded(
        `hook "gate" at ${twin.url}/slow had not answered after 2000 ms. Raise its timeout in [[run.hooks]], or mend the service.`,
      ),
      durationMs: 2_000,
    });
    await request.abandoned;
    expect(clock.waiting).toBe(0);
  });

  it('and nothing secret of its address is in the record', async () => {
    const twin = await service([{ status: 500 }]);
    const url = `${twin.url}/a?token=abcdefgh`;
    expect((await post({ url })).error).toBe(
      `hook "gate" at ${twin.url}/a answered 500; expected 2xx.`,
    );
  });
});

it('an HTTP hook of a cancelled run has no result and leaves no request and no timer', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const twin = await service([{ text: 'x', interrupt: { afterFrames: 0, how: 'stall' } }]);
  const asked = post({ url: twin.url }, { ports: { clock }, signal: stop.signal });
  const request = await twin.request(0);
  stop.abort(new Error('cancelled'));
  await expect(asked).rejects.toThrow('cancelled');
  await request.abandoned;
  expect(clock.waiting).toBe(0);
});

/** A service over TLS whose certificate nobody vouches for. */
async function secureService(answer: string | (() => void)) {
  const read = (name: string) =>
    readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url));
  const bodies: string[] = [];
  const server = createServer({ key: read('key.pem'), cert: read('cert.pem') });
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      if (typeof answer === 'string') response.end(answer);
      else answer();
    });
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  onTestFinished(
    () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the service has no port');
  return { url: `https://127.0.0.1:${address.port}`, bodies };
}
