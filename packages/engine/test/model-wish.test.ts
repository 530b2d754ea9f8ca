import { prepare } from '@fabro/workflow';
import { describe, expect, it } from 'vitest';
import { modelWish } from '../src/handlers/model-wish.js';

const wish = (node: string, settings: { readonly model?: string; readonly provider?: string }) => {
  const source = `digraph G { start [shape=Mdiamond] exit [shape=Msquare] ask [${node}] start -> ask -> exit }`;
  const prepared = prepare({ source, path: 'g.fabro' });
  const found = prepared.ok ? prepared.graph.nodes.get('ask') : undefined;
  if (found === undefined) throw new Error('the workflow has no node "ask"');
  return modelWish(found, settings);
};

describe('a stage asks for', () => {
  it('what its node names, else what the run does', () => {
    const run = { model: 'sonnet', provider: 'anthropic' };
    expect(wish('prompt="Why?"', run)).toEqual(run);
    expect(wish('prompt="Why?", model=gpt, provider=openai', run)).toEqual({
      model: 'gpt',
      provider: 'openai',
    });
    expect(wish('prompt="Why?"', {})).toEqual({});
  });

  it('the script of the run, whichever model its node names', () => {
    const run = { model: '/tmp/script.yaml', provider: 'scripted' };
    expect(wish('prompt="Why?", model=opus, provider=anthropic', run)).toEqual(run);
  });

  it('a script that its node names itself', () => {
    const run = { model: '/tmp/script.yaml', provider: 'scripted' };
    expect(wish('prompt="Why?", model="/tmp/own.yaml", provider=scripted', run)).toEqual({
      model: '/tmp/own.yaml',
      provider: 'scripted',
    });
  });
});
