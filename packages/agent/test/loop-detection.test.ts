import { describe, expect, it } from 'vitest';
import { isLooping, turnSignature } from '../src/loop-detection.js';

describe('loop detection (§10)', () => {
  it.each([
    ['nothing done yet', '', false],
    ['one turn', 'a', false],
    ['two equal first turns', 'aa', true],
    ['two different turns', 'ab', false],
    ['a pattern of two, once repeated', 'abab', true],
    ['a pattern of two, not yet repeated', 'aba', false],
    ['a pattern of three, once repeated', 'abcabc', true],
    ['a pattern of four', 'abcdabcd', false],
    ['equal turns after other work', 'xaaa', false],
    ['equal turns that fill the last ten', 'xaaaaaaaaaa', true],
    ['a pattern that breaks off at the end', 'ababac', false],
  ])('%s', (_title, turns, looping) => {
    expect(isLooping([...turns])).toBe(looping);
  });

  it('takes turns for equal when tools and arguments are, whatever the ids', () => {
    const read = (id: string, path: string) => ({
      type: 'tool_call' as const,
      tool_call_id: id,
      tool_name: 'read_file',
      input: { file_path: path },
    });
    expect(turnSignature([read('1', 'a')])).toBe(turnSignature([read('2', 'a')]));
    expect(turnSignature([read('1', 'a')])).not.toBe(turnSignature([read('1', 'b')]));
  });
});
