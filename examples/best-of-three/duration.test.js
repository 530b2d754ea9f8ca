import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from './duration.js';

test('units add up', () => {
  assert.equal(parse('1h 30m'), 5_400_000);
  assert.equal(parse('2s'), 2_000);
});

test('what is no duration is refused', () => {
  for (const text of ['', 'soon', '1x', '1h soon', '1h1'])
    assert.throws(() => parse(text), RangeError);
});
