/** Names of models and providers, in the form in which the language asks for them (its port `ModelNames`). */
import { findModel, similarModels } from './catalogue.js';
import { PROVIDER_IDS, findProvider } from './providers.js';

/** Plays a file in place of a model; whoever puts the models together knows it, the catalogue does not. */
const SCRIPTED = 'scripted';
/** A server of one's own: it has no models that could be listed. */
const UNLISTED = 'openai_compatible';

/**
 * The catalogue's names. `providers` is what messages offer; the two providers that take any model name are
 * known beside them.
 */
export const MODEL_NAMES = {
  model(name: string): { readonly id: string; readonly provider: string } | undefined {
    return findModel(name);
  },
  provider(name: string): { readonly id: string; readonly listsModels: boolean } | undefined {
    if (name === SCRIPTED) return { id: SCRIPTED, listsModels: false };
    const id = findProvider(name)?.id;
    return id === undefined ? undefined : { id, listsModels: id !== UNLISTED };
  },
  providers: PROVIDER_IDS.filter((id) => id !== UNLISTED),
  similarModels,
} as const;
