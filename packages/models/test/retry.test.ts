import { expect, test } from 'vitest';
import {
  AGENT_MODEL_RETRIES,
  MODEL_RETRIES,
  type ModelErrorKind,
  classify,
  isRetryable,
  retryAfterMs,
  retryDelay,
} from '../src/index.js';

const again = { retryable: true };

test.each([
  [1, 0, 500],
  [1, 0.5, 1_000],
  [2, 0.5, 2_000],
  [3, 0.5, 4_000],
  [3, 0.999, 5_996],
  [6, 0.5, 32_000],
  [7, 0.5, 60_000],
  [50, 0, 60_000],
  [2_000, 0, 60_000],
])(
  'after try %d with chance %d the wait is %d ms (§9.3: 1 s ×2, cap 60 s, jitter)',
  (attempt, chance, wait) => {
    expect(retryDelay(attempt, again, () => chance)).toBe(wait);
  },
);

test.each([
  [0, 0],
  [7_000, 7_000],
  [60_000, 60_000],
  [60_001, undefined],
])(
  'a Retry-After of %d ms gives a wait of %s (§9.3: obeyed, above 60 s fails)',
  (retryAfter, wait) => {
    expect(retryDelay(1, { ...again, retryAfterMs: retryAfter }, () => 0.9)).toBe(wait);
  },
);

test('what cannot be retried is not, whatever the provider asks for', () => {
  expect(retryDelay(1, { retryable: false, retryAfterMs: 5 }, () => 0)).toBeUndefined();
});

test('a call is retried twice, in an agent session three times (§9.3)', () => {
  expect([MODEL_RETRIES, AGENT_MODEL_RETRIES]).toEqual([2, 3]);
});

test('only rate limit, server, network and stream are retried (§9.3)', () => {
  const kinds: ModelErrorKind[] = [
    'authentication',
    'access_denied',
    'not_found',
    'invalid_request',
    'context_length',
    'quota_exceeded',
    'rate_limit',
    'server',
    'timeout',
    'network',
    'stream',
    'content_filter',
    'canceled',
  ];
  expect(kinds.filter(isRetryable)).toEqual(['rate_limit', 'server', 'network', 'stream']);
});

test.each<[number | undefined, string, string, ModelErrorKind]>([
  [401, '', 'bad key', 'authentication'],
  [403, '', 'no', 'access_denied'],
  [404, '', 'no such model', 'not_found'],
  [408, '', 'slow', 'timeout'],
  [413, '', 'too large', 'context_length'],
  [429, '', 'slow down', 'rate_limit'],
  [429, 'insufficient_quota', 'pay', 'quota_exceeded'],
  [402, '', 'pay', 'quota_exceeded'],
  [500, '', 'oops', 'server'],
  [529, 'overloaded_error', 'Overloaded', 'server'],
  [400, '', 'prompt is too long: 250000 tokens > 200000 maximum', 'context_length'],
  [400, 'context_length_exceeded', 'no', 'context_length'],
  [400, '', 'Your credit balance is too low', 'quota_exceeded'],
  [400, 'content_filter', 'no', 'content_filter'],
  [400, '', 'tools.0: wrong', 'invalid_request'],
  [418, '', 'teapot', 'invalid_request'],
  [undefined, 'overloaded_error', 'Overloaded', 'server'],
  [undefined, 'rate_limit_error', 'slow', 'rate_limit'],
  [undefined, 'invalid_request_error', 'hm', 'invalid_request'],
])('%s %s "%s" is %s (§9.3)', (status, code, text, kind) => {
  expect(classify({ status, codes: code === '' ? [] : [code], text })).toBe(kind);
});

test('Retry-After is read as seconds, as a date, or in milliseconds', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfterMs({ 'retry-after': '7' }, now)).toBe(7_000);
  expect(retryAfterMs({ 'retry-after': '0.5' }, now)).toBe(500);
  expect(retryAfterMs({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, now)).toBe(30_000);
  expect(retryAfterMs({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, now + 90_000)).toBe(0);
  expect(retryAfterMs({ 'retry-after': '3', 'retry-after-ms': '1200' }, now)).toBe(1_200);
  expect(retryAfterMs({ 'retry-after': 'soon' }, now)).toBeUndefined();
  expect(retryAfterMs({}, now)).toBeUndefined();
});

test('a numeric code inside a stream counts as a status', () => {
  expect(classify({ codes: ['429'], text: 'slow' })).toBe('rate_limit');
  expect(classify({ codes: ['502'], text: 'bad gateway' })).toBe('server');
});
