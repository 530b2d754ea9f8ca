import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitByWeight } from '../src/split.js';

test('equal weights share equally', () => {
  assert.deepEqual(splitByWeight(1000, [1, 1]), [500, 500]);
});

test('a double weight pays twice as much', () => {
  assert.deepEqual(splitByWeight(8550, [2, 2, 1]), [3420, 3420, 1710]);
});

test('weights that cannot be shared by are refused', () => {
  assert.throws(() => splitByWeight(1000, [0, 0]), RangeError);
  assert.throws(() => splitByWeight(1000, [2, -1]), RangeError);
});
