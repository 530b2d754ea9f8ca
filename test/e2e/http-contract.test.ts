/** What holds for every request: discovery, failures, credentials (decisions 3, 5, 8, 12, 14, 15, 21). */
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testHome } from './support/home.js';
import { Failure, send } from './support/http.js';
import { startServer } from './support/server.js';
import { containing } from './support/matchers.js';

const UNKNOWN = '01JNQVR7M0EJ5GKAT2SC4ERS1Z';

describe('every failure has the error body of seed 001', () => {
  it('unknown routes, runs, removed and not yet built operations, wrong methods', async () => {
    const home = testHome();
    const server = await startServer(home);
    const cases = [
      // decision 5: paths without the prefix are not served
      ['GET', '/runs', 404, 'GET /runs'],
      ['GET', '/api/v1/nowhere', 404, '/api/v1/nowhere'],
      // decision 8
      ['GET', '/api/v1/runs/nope', 404, 'Run nope not found.'],
      ['GET', `/api/v1/runs/${UNKNOWN}`, 404, `Run ${UNKNOWN} not found.`],
      ['POST', `/api/v1/runs/${UNKNOWN}/start`, 404, UNKNOWN],
      ['POST', `/api/v1/runs/${UNKNOWN}/cancel`, 404, UNKNOWN],
      ['DELETE', `/api/v1/runs/${UNKNOWN}`, 404, UNKNOWN],
      ['GET', `/api/v1/runs/${UNKNOWN}/stages`, 404, UNKNOWN],
      ['GET', `/api/v1/runs/${UNKNOWN}/questions`, 404, UNKNOWN],
      ['GET', `/api/v1/runs/${UNKNOWN}/events`, 404, UNKNOWN],
      ['GET', `/api/v1/runs/${UNKNOWN}/graph`, 404, UNKNOWN],
      ['GET', `/api/v1/runs/${UNKNOWN}/state`, 404, UNKNOWN],
      // decision 14
      ['GET', '/api/v1/models', 501, 'Not implemented'],
      ['POST', `/api/v1/runs/${UNKNOWN}/steer`, 501, 'Not implemented'],
      ['GET', '/api/v1/projects', 404, '/api/v1/projects'],
      ['GET', `/api/v1/runs/${UNKNOWN}/verifications`, 404, 'verifications'],
      ['POST', '/api/v1/workflows/smoke/runs', 404, '/api/v1/workflows/smoke/runs'],
      ['DELETE', '/api/v1/runs', 405, 'GET'],
    ] as const;
    for (const [method, path, status, named] of cases) {
      const wire = await send(server.address, method, path, {
        headers: { authorization: `Bearer ${server.token}` },
      });
      expect([method, path, wire.status]).toEqual([method, path, status]);
      expect(wire.headers['content-type']).toMatch(/^application\/json/);
      expect(wire.as(Failure)).toMatchObject({ status: String(status) });
      expect(wire.as(Failure).detail).toContain(named);
    }
  });

  it('a request that is no HTTP is answered 400 in the error body too', async () => {
    const home = testHome();
    const server = await startServer(home);
    const wire = await send(server.address, 'GET', '/health', {
      headers: { 'x-long': 'x'.repeat(20_000) },
    });
    expect(wire.status).toBe(431);
    expect(wire.as(Failure)).toMatchObject({ status: '431' });
  });
});

describe('discovery', () => {
  it('decision 15: every URL that GET / gives works, over TCP', async () => {
    const home = testHome();
    const server = await startServer(home, { args: ['--bind', '127.0.0.1:0'] });
    const root = await send(server.address, 'GET', '/');
    const { urls } = root.as(z.object({ urls: z.record(z.string(), z.string()) }));
    expect(Object.keys(urls).toSorted()).toEqual(['current_user_url', 'health_url', 'openapi_url']);
    for (const url of Object.values(urls)) {
      const answer = await fetch(url, { headers: { authorization: `Bearer ${server.token}` } });
      expect([url, answer.status]).toEqual([url, 200]);
      await answer.arrayBuffer();
    }
    const user = await fetch(urls['current_user_url'] ?? '', {
      headers: { authorization: `Bearer ${server.token}` },
    });
    expect(await user.json()).toEqual({ login: 'dev' });
  });

  it('decision 3: [server.api].url is what GET / and the OpenAPI document say', async () => {
    const home = testHome();
    const config = home.write(
      'settings.toml',
      '_version = 1\n[server.api]\nurl = "https://fabro.example.com/api/v1"\n',
    );
    const server = await startServer(home, { args: ['--config', config] });
    const root = await send(server.address, 'GET', '/');
    expect(JSON.parse(root.text)).toEqual({
      urls: {
        openapi_url: 'https://fabro.example.com/api/v1/openapi.json',
        current_user_url: 'https://fabro.example.com/api/v1/user',
        health_url: 'https://fabro.example.com/health',
      },
    });
    const document = await server.api('GET', '/openapi.json');
    const { servers } = document.as(
      z.looseObject({ servers: z.array(z.object({ url: z.string() })) }),
    );
    expect(servers.map((s) => s.url.replace(/\/api\/v1$/, ''))).toEqual([
      'https://fabro.example.com',
    ]);
  });
});

describe('the dev token (decision 21)', () => {
  it('is minted at the first start into a file of mode 0600, kept, and needed', async () => {
    const home = testHome();
    const server = await startServer(home);
    const file = home.at('storage', 'server.dev-token');
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(readFileSync(file, 'utf8')).toMatch(/^fabro_dev_[0-9a-f]{64}\n$/);
    const get = (headers: Readonly<Record<string, string>>) =>
      send(server.address, 'GET', '/api/v1/runs', { headers });
    const refused = [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: server.token },
      { authorization: `Bearer fabro_dev_${'0'.repeat(64)}` },
    ];
    for (const headers of refused) {
      const wire = await get(headers);
      expect(wire.status).toBe(401);
      expect(wire.as(Failure)).toMatchObject({ status: '401', title: 'Unauthorized' });
      expect(wire.text).not.toContain(server.token);
    }
    expect((await get({ authorization: `Bearer ${server.token}` })).status).toBe(200);
    expect((await send(server.address, 'GET', '/health')).status).toBe(200);
    await server.stop();
    expect((await startServer(home)).token).toBe(server.token);
  });

  it('FABRO_DEV_TOKEN is used instead and is written nowhere; one of another form refuses to start', async () => {
    const token = `fabro_dev_${'ab'.repeat(32)}`;
    const home = testHome({ FABRO_DEV_TOKEN: token });
    const server = await startServer(home);
    expect((await server.api('GET', '/runs')).status).toBe(200);
    expect(() => statSync(home.at('storage', 'server.dev-token'))).toThrow(/ENOENT/);
    await server.stop();
    await expect(startServer(home, { env: { FABRO_DEV_TOKEN: 'hunter2' } })).rejects.toMatchObject({
      code: 'invalid_settings',
      message: containing('FABRO_DEV_TOKEN'),
    });
  });
});
