import { FabroError } from '@fabro/protocol';
import { describe, expect, it } from 'vitest';
import { describeIssues, parsePage } from '../src/index.js';

describe('page parameters (decision 13)', () => {
  it.each([
    [undefined, undefined, 20, 0],
    ['5', '40', 5, 40],
    ['0', '0', 1, 0],
    ['-3', '0', 1, 0],
    ['101', '0', 100, 0],
    ['99999999999999999999', '99999999999999999999', 100, 1_000_000],
  ])('limit %s and offset %s mean %i from %i', (limit, offset, expectedLimit, expectedOffset) => {
    expect(parsePage(limit, offset)).toEqual({ limit: expectedLimit, offset: expectedOffset });
  });

  it.each([
    ['x', undefined, 'Parameter page[limit] is "x"; expected an integer (clamped to 1..100).'],
    ['1.5', undefined, 'Parameter page[limit] is "1.5"; expected an integer (clamped to 1..100).'],
    ['', undefined, 'Parameter page[limit] is ""; expected an integer (clamped to 1..100).'],
    [undefined, '-1', 'Parameter page[offset] is -1; expected an integer from 0.'],
    [undefined, '1e3', 'Parameter page[offset] is "1e3"; expected an integer from 0.'],
  ])('limit %s and offset %s are refused', (limit, offset, message) => {
    expect(() => parsePage(limit, offset)).toThrow(new FabroError('invalid_argument', message));
  });
});

describe('schema issues', () => {
  it('are told with their paths, five at most', () => {
    const issues = Array.from({ length: 7 }, (_, i) => ({ path: ['a', i], message: 'bad' }));
    expect(describeIssues(issues)).toBe(
      'a.0: bad; a.1: bad; a.2: bad; a.3: bad; a.4: bad; and 2 more',
    );
    expect(describeIssues([{ path: [], message: 'expected object' }])).toBe('expected object');
  });
});
