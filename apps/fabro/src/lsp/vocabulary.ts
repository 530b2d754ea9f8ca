/** The names that this program knows beside those of the language. */
import { CATALOGUE, PROVIDERS } from '@fabro/models';
import type { NamedThing, Vocabulary } from '@fabro/workflow';

/** Models by id and alias, and providers. */
export const VOCABULARY: Vocabulary = {
  models: CATALOGUE.flatMap(({ id, aliases, provider, contextWindow }): NamedThing[] => [
    { name: id, detail: `${provider}, ${tokens(contextWindow)} tokens of context` },
    ...aliases.map((alias) => ({ name: alias, detail: `${id} of ${provider}` })),
  ]),
  providers: Object.values(PROVIDERS).flatMap(({ id, aliases }): NamedThing[] => [
    { name: id, detail: 'provider' },
    ...aliases.map((alias) => ({ name: alias, detail: id })),
  ]),
};

function tokens(count: number): string {
  return count >= 1_000_000 ? `${count / 1_000_000}M` : `${Math.round(count / 1000)}k`;
}
