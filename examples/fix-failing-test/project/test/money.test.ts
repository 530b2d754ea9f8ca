import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCents, parseCents } from '../src/money.js';

test('amounts are read and written without loss', () => {
  for (const text of ['0.00', '0.05', '-0.05', '12.30', '-1234.56'])
    assert.equal(formatCents(parseCents(text)), text);
  assert.equal(parseCents('12'), 1200);
});

test('text that is no amount is refused', () => {
  for (const text of ['', '1.5', '1,50', '1.505', 'ten'])
    assert.throws(() => parseCents(text), RangeError);
});
