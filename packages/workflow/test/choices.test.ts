import { describe, expect, it } from 'vitest';
import { choicesOf, normalizeLabel } from '@fabro/workflow';
import { graphOf } from './graph-of.js';

function keys(...labels: string[]): [string, string][] {
  const edges = labels.map((label, index) => `n -> t${index} [label="${label}"]`);
  return choicesOf(graphOf(edges.join('\n')), 'n').choices.map(({ key, label }) => [key, label]);
}

describe('choices of a human node (§3.2)', () => {
  it.each([
    ['[Y] Yes', 'Y'],
    ['[Fix] it', 'Fix'],
    ['y) yes', 'y'],
    ['abc) long', 'abc'],
    ['abcd) too long', 'a'],
    ['R - Retry', 'R'],
    ['12 - Twelve', '12'],
    ['Ship', 'S'],
    ['  Ship', 'S'],
    ['→ go', 'g'],
  ])('the key of %j is %j', (label, key) => {
    expect(keys(label)[0]?.[0]).toBe(key);
  });

  // §4.1 long accelerators
  it('may have keys of two or three characters, which are part of the label for everybody else', () => {
    expect(keys('abc) long', '12 - Twelve').map(([key]) => key)).toEqual(['abc', '12']);
    expect(['abc) long', '12 - Twelve', 'a) short', '1 - One'].map(normalizeLabel)).toEqual([
      'abc) long',
      '12 - twelve',
      'short',
      'one',
    ]);
  });

  it('are the edges in source order, by label or else by target; freeform is apart', () => {
    const graph = graphOf('n -> b [label="[B] Back"] n -> other [freeform=true] n -> a');
    const { choices, freeform } = choicesOf(graph, 'n');
    expect(choices.map(({ key, label, to }) => ({ key, label, to }))).toEqual([
      { key: 'B', label: '[B] Back', to: 'b' },
      { key: 'a', label: 'a', to: 'a' },
    ]);
    expect(freeform?.to).toBe('other');
    expect(choicesOf(graph, 'a')).toEqual({ choices: [], freeform: undefined });
  });

  it('never share a key: written ones first, then the next free letter, then a number', () => {
    expect(keys('Approve', 'Abort', '[A] Again', 'aa')).toEqual([
      ['p', 'Approve'],
      ['b', 'Abort'],
      ['A', '[A] Again'],
      ['4', 'aa'],
    ]);
  });
});
