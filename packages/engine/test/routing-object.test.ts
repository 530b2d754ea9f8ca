import { describe, expect, test } from 'vitest';
import { MAX_ROUTING_CHARS } from '../src/limits.js';
import { readRouting } from '../src/routing-object.js';

describe("what an agent's text says about the way on (§3.2, point 5)", () => {
  test.each<[string, string, unknown]>([
    ['plain text', 'All done.', {}],
    ['an object', 'Done. {"preferred_next_label": "Yes"}', { preferred_next_label: 'Yes' }],
    [
      'the one that starts last',
      '{"outcome":"failed"} then {"outcome":"succeeded"}',
      { outcome: 'succeeded' },
    ],
    [
      'a nested one, which starts later than the one around it',
      '{"outcome":"failed","context_updates":{"outcome":"succeeded"}}',
      { outcome: 'succeeded' },
    ],
    [
      'braces inside strings',
      '{"failure_reason":"missing } in {a}","outcome":"failed"}',
      { failure_reason: 'missing } in {a}', outcome: 'failed' },
    ],
    ['escaped quotes', '{"failure_reason":"said \\"}\\""}', { failure_reason: 'said "}"' }],
    ['code in braces', 'if (x) { return; } {"outcome":"skipped"} f() { }', { outcome: 'skipped' }],
    ['no known field', '{"result": 1}', {}],
    ['an outcome of another vocabulary', '{"outcome":"success"}', {}],
    ['a field of the wrong type', '{"suggested_next_ids":"a"}', {}],
    ['an open brace before it', 'a { b {"outcome":"failed"}', { outcome: 'failed' }],
    ['a lone quotation mark before it', 'he said "\n{"outcome":"failed"}', { outcome: 'failed' }],
    [
      'all fields',
      '```json\n{"outcome":"failed","preferred_next_label":"No","failure_reason":"r","suggested_next_ids":["a","b"],"context_updates":{"k":[1]}}\n```',
      {
        outcome: 'failed',
        preferred_next_label: 'No',
        failure_reason: 'r',
        suggested_next_ids: ['a', 'b'],
        context_updates: { k: [1] },
      },
    ],
  ])('%s', (_name, text, expected) => {
    expect(readRouting(text)).toEqual(expected);
  });

  test('of a hostile text is read in bounded time, from its end', () => {
    const text = `${'{'.repeat(5 * MAX_ROUTING_CHARS)}{"outcome":"failed"}`;
    expect(readRouting(text)).toEqual({ outcome: 'failed' });
    expect(readRouting(`{"outcome":"failed"}${' '.repeat(MAX_ROUTING_CHARS)}`)).toEqual({});
  });
});
