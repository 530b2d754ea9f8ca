/** How what a page shows is compared with what was printed. */
import { describe, expect, it } from 'vitest';
import { shellBlocks } from './blocks.js';
import { isAsPrinted, masked } from './printed.js';

const same = (actual: string, page: string): boolean =>
  isAsPrinted(masked(actual, '/tmp/home'), masked(page, '/tmp/home'));

describe('what commands printed is as on the page', () => {
  it('whatever the ids, times, durations, hashes and paths', () => {
    expect(
      same(
        'Run: 01M8AAPBZMDGAVCTZNYD24AHF7 (pid 5414) in /tmp/home/x took 12.1s at 9f32e0e5e86e\n',
        'Run: 01M82Z1EP7Y9BK82MF4D0DTTX7 (pid 1)  in /home/you/x took 544ms at 4c95e8b1f4f1',
      ),
    ).toBe(true);
  });

  it('and not when a word, a line or a count differs', () => {
    expect(same('✓ Count it  17ms\n', '✗ Count it  17ms')).toBe(false);
    expect(same('one\ntwo\n', 'one')).toBe(false);
    expect(same('Work: 5 stages\n', 'Work: 6 stages')).toBe(false);
  });

  it('with anything at the place of an ellipsis', () => {
    expect(same('a\nb\nc\nd\n', 'a\n…\nd')).toBe(true);
    expect(same('a\nd\n', 'a\n…\nd')).toBe(true);
    expect(same('a\nb\n', 'a\n…\nd')).toBe(false);
    expect(same('node  Node 20.20.2\n', 'node Node …')).toBe(true);
  });
});

it('blocks of a page are read with what comments and the block after them say', () => {
  const page = [
    'Text.',
    '',
    '<!-- exit 1 -->',
    '',
    '```sh',
    'fabro validate broken.fabro',
    '```',
    '',
    '```text',
    'Validation failed',
    '```',
    '',
    '<!-- not run: needs an editor -->',
    '',
    '```sh',
    'vi hello.fabro',
    '```',
    '',
  ].join('\n');
  expect(shellBlocks(page)).toEqual([
    {
      commands: 'fabro validate broken.fabro\n',
      line: 5,
      exitCode: 1,
      shows: [],
      prints: 'Validation failed\n',
      beforeEveryPage: false,
    },
    {
      commands: 'vi hello.fabro\n',
      line: 15,
      notRun: 'needs an editor',
      exitCode: 0,
      shows: [],
      beforeEveryPage: false,
    },
  ]);
});
