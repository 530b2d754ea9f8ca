import { describe, expect, it } from 'vitest';
import { attr, prepare } from '@fabro/workflow';
import { nodeOf } from './graph-of.js';
import { MODELS } from './models.js';

/** Model and provider of the node `n`. */
function named(attributes: string, more: { graph?: string; models?: boolean } = {}): unknown[] {
  const { graph } = prepare({
    source: `digraph G { ${more.graph ?? ''} start -> n -> exit; n [label=N, ${attributes}] }`,
    path: 'w.fabro',
    ...(more.models === false ? {} : { models: MODELS }),
  });
  if (graph === undefined) throw new Error('no graph');
  const node = nodeOf(graph, 'n');
  return [attr.string(node, 'model'), attr.string(node, 'provider')];
}

describe('names of models (§1.3 pass 8)', () => {
  it.each([
    ['an alias becomes the id, with its provider', 'model=large', ['large-1', 'big']],
    ['case does not count', 'model="LARGE"', ['large-1', 'big']],
    ['an id gets its provider', 'model=tiny-2', ['tiny-2', 'small']],
    ['a provider that is written stays', 'model=large, provider=small', ['large-1', 'small']],
    ['an unknown name stays as it is', 'model=gpt-6', ['gpt-6', undefined]],
    [
      'a provider that takes any model keeps its own name for it',
      'model=large, provider=open',
      ['large', 'open'],
    ],
    ['a provider alone gets no model', 'provider=big', [undefined, 'big']],
  ])('%s', (_, attributes, expected) => {
    expect(named(attributes)).toEqual(expected);
  });

  it('come after the stylesheet', () => {
    const graph = 'model_stylesheet="* { model: tiny; }"';
    expect(named('class=c', { graph })).toEqual(['tiny-2', 'small']);
  });

  it('stay as written where no models are known', () => {
    expect(named('model=large', { models: false })).toEqual(['large', undefined]);
  });
});
