import { describe, expect, it, test } from 'vitest';
import { retryDelayMs, retryPolicy } from '../src/retry-policy.js';
import { command, graphOf, nodeOf } from './hand-walk.js';

function policyOf(attributes: string, graphAttributes = '') {
  const graph = graphOf(`${graphAttributes} ${command('n', attributes)}`);
  return retryPolicy(graph, nodeOf(graph, 'n'));
}

describe('how often a stage is tried (§4.4)', () => {
  // §4.4 none, §4.4 standard, §4.4 aggressive, §4.4 linear, §4.4 patient
  test.each([
    ['none', 1, 5_000, 2],
    ['standard', 5, 5_000, 2],
    ['aggressive', 5, 500, 2],
    ['linear', 3, 500, 1],
    ['patient', 3, 2_000, 3],
  ])('preset %s: %i attempts, first delay %i ms, factor %i', (name, attempts, first, factor) => {
    const policy = policyOf(`retry_policy="${name}", max_retries=9`);
    expect(policy).toMatchObject({ maxAttempts: attempts, factor });
    if (attempts > 1) expect(policy.firstDelayMs).toBe(first);
  });

  // §4.4 attempts, §4.4 default_max_retries, §4.4 no preset
  test.each([
    ['', '', 1],
    ['max_retries=2', '', 3],
    ['max_retries=0', 'graph [default_max_retries=4]', 1],
    ['', 'graph [default_max_retries=4]', 5],
    ['max_retries=-3', '', 1],
    ['retry_policy="unheard of", max_retries=1', '', 2],
  ])('node "%s" and "%s" give %i attempts', (node, graph, attempts) => {
    expect(policyOf(node, graph)).toEqual({
      maxAttempts: attempts,
      firstDelayMs: 5_000,
      factor: 2,
    });
  });
});

describe('how long is waited before the next try (§4.4)', () => {
  it('grows by the factor', () => {
    const policy = policyOf('retry_policy="patient"');
    expect([1, 2, 3].map((n) => retryDelayMs(policy, n, 0.5))).toEqual([2_000, 6_000, 18_000]);
  });

  // §4.4 cap, §4.4 jitter
  it('is capped at a minute before the jitter, so that it may be one and a half', () => {
    const policy = policyOf('retry_policy="standard"');
    expect(retryDelayMs(policy, 10, 0)).toBe(30_000);
    expect(retryDelayMs(policy, 10, 0.999_999)).toBe(90_000);
  });

  it('stays finite for any number of tries', () => {
    expect(retryDelayMs(policyOf('max_retries=100000'), 100_000, 0.5)).toBe(60_000);
  });
});
