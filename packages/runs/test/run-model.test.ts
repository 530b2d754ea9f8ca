import { describe, expect, it } from 'vitest';
import { type ModelWish, runModel } from '../src/manifest/run-model.js';

describe('the model of a run (§9.3)', () => {
  it.each<[string, ModelWish[], ModelWish]>([
    ['the stronger wish wins', [{ model: 'opus' }, { model: 'sonnet' }], { model: 'opus' }],
    ['the weaker one counts without a stronger', [{}, { model: 'sonnet' }], { model: 'sonnet' }],
    [
      'a provider gets the weaker model of its own',
      [{ provider: 'anthropic' }, { model: 'sonnet' }],
      { model: 'sonnet', provider: 'anthropic' },
    ],
    [
      'a provider does not get the model of another',
      [{ provider: 'openai' }, { model: 'sonnet' }],
      { provider: 'openai' },
    ],
    [
      'a model does not get the provider of another',
      [{ model: 'gpt-5.4' }, { provider: 'anthropic', model: 'sonnet' }],
      { model: 'gpt-5.4' },
    ],
    [
      'a provider by its alias is the same one',
      [{ provider: 'open_ai' }, { model: 'gpt5' }],
      { model: 'gpt5', provider: 'open_ai' },
    ],
    [
      'a provider that takes any model gets any',
      [{ model: 'gpt-5.4' }, { provider: 'openai_compatible' }],
      { model: 'gpt-5.4', provider: 'openai_compatible' },
    ],
    [
      'a model that is not known goes with any provider',
      [{ model: '/a/script.yaml' }, {}, { provider: 'scripted' }],
      { model: '/a/script.yaml', provider: 'scripted' },
    ],
    ['nothing is wished for', [{}, {}], {}],
  ])('%s', (_, wishes, expected) => {
    expect(runModel(wishes)).toEqual(expected);
  });
});
