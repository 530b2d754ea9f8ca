import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mintDevToken, parseDevToken, redact, REDACTED, secretsOf } from '../src/index.js';

describe('a known secret', () => {
  it('is replaced wherever it stands, also in JSON and beside another that begins alike', () => {
    const redactor = redact(['hunter2-hunter2', 'hunter2-hunter2-long', 'line one\nline "two"']);
    expect(redactor.text('a=hunter2-hunter2, b=hunter2-hunter2-long.')).toBe(
      'a=REDACTED, b=REDACTED.',
    );
    expect(redactor.text(JSON.stringify({ key: 'line one\nline "two"' }))).toBe(
      '{"key":"REDACTED"}',
    );
    expect(redactor.json({ a: ['hunter2-hunter2', 1, null, true] })).toEqual({
      a: [REDACTED, 1, null, true],
    });
  });

  it('never remains in any text, whatever characters it has', () => {
    const secret = fc.string({ minLength: 8 }).filter((text) => text.trim().length >= 8);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        expect(redact([value]).text(`${before}${value}${after}`)).toContain(REDACTED);
        expect(redact([value]).text(value)).not.toContain(value.trim());
      }),
    );
  });

  it('shorter than 8 characters is left alone', () => {
    expect(redact(['short', '   x    ', '']).text('a short text')).toBe('a short text');
  });
});

describe('a token of well-known shape', () => {
  it.each([
    `sk-ant-api03-${'a'.repeat(40)}`,
    `sk-${'A1'.repeat(20)}`,
    `ghp_${'a1B2'.repeat(9)}`,
    `github_pat_${'a'.repeat(40)}`,
    `fabro_dev_${'0f'.repeat(32)}`,
    `xoxb-${'1'.repeat(12)}-abc`,
    'AKIAIOSFODNN7EXAMPLE',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEabc+/=\n-----END RSA PRIVATE KEY-----',
  ])('%s is replaced', (token) => {
    expect(redact([]).text(`before "${token}" after`)).toBe('before "REDACTED" after');
  });

  it.each(['task-management-for-everyone-now', 'ghp_short', 'fabro_dev_xyz', 'sk-short', 'disk-1'])(
    '%s is no token and stays',
    (text) => {
      expect(redact([]).text(text)).toBe(text);
    },
  );

  it('is found in linear time', () => {
    const text = '-----BEGIN PRIVATE KEY-----'.repeat(2_000) + 'sk-'.repeat(100_000);
    const startedAt = performance.now();
    redact([]).text(text);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('the secrets of an environment', () => {
  it('are the values of variables whose names say so', () => {
    const env = {
      ANTHROPIC_API_KEY: '1',
      GITHUB_TOKEN: '2',
      DB_PASSWORD: '3',
      SESSION_SECRET: '4',
      AWS_ACCESS_KEY_ID: '5',
      AWS_SECRET_ACCESS_KEY: '6',
      FABRO_DEV_TOKEN: '7',
      PATH: 'no',
      PWD: 'no',
      SSH_AUTH_SOCK: 'no',
      KEYBOARD: 'no',
      TOKEN_FILE: 'no',
      EMPTY_TOKEN: undefined,
    };
    expect(secretsOf(env)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });
});

describe('a dev token', () => {
  it('is fabro_dev_ and 64 hexadecimal digits of 32 random bytes', () => {
    const token = mintDevToken((count) => new Uint8Array(count).fill(0xa5));
    expect(token).toBe(`fabro_dev_${'a5'.repeat(32)}`);
    expect(parseDevToken(`${token}\n`)).toBe(token);
    expect(redact([]).text(token)).toBe(REDACTED);
  });

  it.each(['', 'fabro_dev_', `fabro_dev_${'A5'.repeat(32)}`, `fabro_dev_${'a5'.repeat(33)}`])(
    'is not %j',
    (text) => {
      expect(parseDevToken(text)).toBeUndefined();
    },
  );

  it('is not minted from too few bytes', () => {
    expect(() => mintDevToken(() => new Uint8Array(8))).toThrow('asked for 32 random bytes, got 8');
  });
});
