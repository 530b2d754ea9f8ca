/** Which model a run uses where a node names none (engine reference §9.3). Pure. */
import { MODEL_NAMES } from '@fabro/models';

/** A wish for a model, a provider, or both. */
export interface ModelWish {
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
}

/**
 * One wish of several, the strongest first: each fills in what the ones before it left open, as far as model
 * and provider belong together. Nobody who names a model gets the provider of another one, nor the reverse.
 */
export function runModel(wishes: readonly ModelWish[]): ModelWish {
  return wishes.reduce(completed, {});
}

function completed(wish: ModelWish, weaker: ModelWish): ModelWish {
  if (wish.model === undefined && wish.provider === undefined) return weaker;
  const model = wish.model ?? weaker.model;
  const provider = wish.provider ?? weaker.provider;
  return belongTogether(model, provider) ? { model, provider } : wish;
}

/** False when the catalogue says that the model is another provider's. */
function belongTogether(model: string | undefined, provider: string | undefined): boolean {
  if (model === undefined || provider === undefined) return true;
  const known = MODEL_NAMES.model(model);
  const asked = MODEL_NAMES.provider(provider);
  return known === undefined || asked?.listsModels === false || known.provider === asked?.id;
}
