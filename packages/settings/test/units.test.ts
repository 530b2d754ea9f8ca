import { describe, expect, it } from 'vitest';
import { parseDuration, parseSize } from '../src/index.js';
import { nearest } from '../src/text/near.js';

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['2 h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5', '1h30m', '1.5h', '-1s', '5 minutes', '99999999999999999d'])(
    '%j has not one whole number and one unit',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('a size', () => {
  it.each([
    ['512MB', 512_000_000],
    ['1.5GiB', 1_610_612_736],
    ['10 kb', 10_000],
    ['7B', 7],
    ['4', 4_000_000_000],
    [4, 4_000_000_000],
  ])('%s is %i bytes', (value, bytes) => {
    expect(parseSize(value)).toBe(bytes);
  });

  it.each(['', 'GB', '-1GB', '4 gigs', '1e3'])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

describe('the nearest word', () => {
  it('is one that is at least half alike', () => {
    expect(nearest('modle', ['module_path', 'model', 'git'])).toBe('model');
    expect(nearest('GOAL', ['goal'])).toBe('goal');
    expect(nearest('xyz', ['goal', 'git'])).toBeUndefined();
    expect(nearest('anything', [])).toBeUndefined();
  });
});
