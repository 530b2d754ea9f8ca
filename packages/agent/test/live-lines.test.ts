import { describe, expect, it } from 'vitest';
import { liveLines } from '../src/live-lines.js';

function stream(chunks: readonly string[]): string[] {
  const out: string[] = [];
  const lines = liveLines(
    (text) => text.replaceAll('secret', '***'),
    (text) => out.push(text),
  );
  for (const chunk of chunks) lines.push(chunk);
  lines.end();
  return out;
}

describe('live output of a tool', () => {
  it('is passed on by whole lines, so that a secret cut by a chunk is still found', () => {
    expect(stream(['a sec', 'ret b\nnext', ' one\n'])).toEqual(['a *** b\n', 'next one\n']);
  });

  it('ends with the last line also when it has no line break', () => {
    expect(stream(['a\nb'])).toEqual(['a\n', 'b']);
  });

  it('leaves out a line that is too long, and goes on after it', () => {
    expect(stream(['x'.repeat(20_000), 'secret tail\nshort\n'])).toEqual([
      '[line too long to stream]\n',
      'short\n',
    ]);
  });
});
