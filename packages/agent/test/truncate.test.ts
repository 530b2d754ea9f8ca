import { describe, expect, it } from 'vitest';
import { truncate } from '../src/truncate.js';

describe('truncation of tool results (§10)', () => {
  it.each([
    ['short text is left alone', 'abcd', { chars: 4, keep: 'tail' }, 'abcd', false],
    [
      'head and tail are kept, half of the characters each',
      'abcdefghij',
      { chars: 4, keep: 'head_and_tail' },
      'ab\n[6 characters removed here]\nij',
      true,
    ],
    [
      'only the tail is kept where the tool says so',
      'abcdefghij',
      { chars: 4, keep: 'tail' },
      '[6 characters removed from the start]\nghij',
      true,
    ],
    [
      'lines keep half at the head and half at the tail, even in tail mode',
      '1\n2\n3\n4\n5\n6',
      { chars: 100, keep: 'tail', lines: 3 },
      '1\n[3 lines removed here]\n5\n6',
      true,
    ],
    [
      'characters are cut before lines',
      `${'a\n'.repeat(5)}${'b'.repeat(10)}`,
      { chars: 14, keep: 'tail', lines: 3 },
      '[6 characters removed from the start]\n[1 line removed here]\na\nbbbbbbbbbb',
      true,
    ],
    [
      'a surrogate pair is never split',
      '😀😀😀😀',
      { chars: 2, keep: 'head_and_tail' },
      '\n[8 characters removed here]\n',
      true,
    ],
    [
      'an exact number of lines is left alone',
      'a\nb',
      { chars: 9, keep: 'tail', lines: 2 },
      'a\nb',
      false,
    ],
  ] as const)('%s', (_title, text, limit, expected, truncated) => {
    expect(truncate(text, limit)).toEqual({ text: expected, truncated });
  });
});
