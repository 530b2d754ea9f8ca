import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slug } from '../src/slug.js';

test('words are joined by dashes', () => {
  assert.equal(slug('Hello, wide World'), 'hello-wide-world');
});

test('a text without words is empty', () => {
  assert.equal(slug('?!'), '');
});
