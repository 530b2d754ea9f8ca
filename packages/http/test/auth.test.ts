import { describe, expect, it } from 'vitest';
import { bearerAuth, constantTimeEquals, tokenAuthenticator } from '../src/index.js';
import { testApp } from './app.js';

function guarded(): ReturnType<typeof testApp>['app'] {
  const { app } = testApp();
  app.use(bearerAuth(tokenAuthenticator('fabro_dev_1234', 'dev')));
  app.get('/', (c) => c.json(c.get('actor')));
  return app;
}

describe('bearer authentication', () => {
  it.each([
    ['the raw dev token (decision 21)', 'Bearer fabro_dev_1234'],
    ['a lower-case scheme', 'bearer fabro_dev_1234'],
  ])('accepts %s and says who asks', async (_, authorization) => {
    const response = await guarded().request('/', { headers: { authorization } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ kind: 'user', login: 'dev' });
  });

  it.each([
    ['no header', undefined],
    ['a wrong token', 'Bearer fabro_dev_1235'],
    ['a prefix of the token', 'Bearer fabro_dev_123'],
    ['the token and more', 'Bearer fabro_dev_12341234'],
    ['another scheme', 'Basic fabro_dev_1234'],
    ['no token', 'Bearer '],
  ])('refuses %s with 401', async (_, authorization) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const response = await guarded().request('/', { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="fabro"');
    expect(await response.json()).toMatchObject({
      errors: [{ status: '401', title: 'Unauthorized', detail: 'Authentication required.' }],
    });
  });

  it('cannot be configured with an empty token, which would let everybody in', () => {
    expect(() => tokenAuthenticator('', 'dev')).toThrow(RangeError);
  });

  it('compares whole texts, whatever their lengths', () => {
    expect(constantTimeEquals('abc', 'abc')).toBe(true);
    expect(constantTimeEquals('', 'abc')).toBe(false);
    expect(constantTimeEquals('abcabc', 'abc')).toBe(false);
    expect(constantTimeEquals('abd', 'abc')).toBe(false);
  });
});
