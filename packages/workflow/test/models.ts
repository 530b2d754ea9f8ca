import type { ModelNames, NamedModel } from '@fabro/workflow';

const NAMES = new Map<string, NamedModel>([
  ['large-1', { id: 'large-1', provider: 'big' }],
  ['large', { id: 'large-1', provider: 'big' }],
  ['tiny-2', { id: 'tiny-2', provider: 'small' }],
  ['tiny', { id: 'tiny-2', provider: 'small' }],
]);

/** Two providers with a model each, and one, `open`, that takes any model. */
export const MODELS: ModelNames = {
  model: (name) => NAMES.get(name.toLowerCase()),
  provider: (name) =>
    ['big', 'small', 'open'].includes(name)
      ? { id: name, listsModels: name !== 'open' }
      : undefined,
  providers: ['big', 'small'],
  similarModels: (name) => (name.startsWith('lar') ? ['large'] : []),
};
