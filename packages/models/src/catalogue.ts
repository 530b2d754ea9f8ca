/** Which models exist, what they can do and what they cost (engine reference §9.3). Pure. */
import type { Usage } from '@fabro/protocol';
import { MODEL_ROWS } from './catalogue-data.js';
import type { ModelInfo } from './model-info.js';
import { nearMatches } from './near-matches.js';
import type { ProviderId } from './providers.js';

/** Every known model, grouped by provider. */
export const CATALOGUE: readonly ModelInfo[] = MODEL_ROWS;

/** The model with this id or alias; undefined when there is none. Case does not count. */
export function findModel(name: string): ModelInfo | undefined {
  const wanted = name.toLowerCase();
  return CATALOGUE.find(({ id, aliases }) => id === wanted || aliases.includes(wanted));
}

/** The model that a provider uses when none is named; undefined for a provider without a catalogue. */
export function defaultModelOf(provider: ProviderId): ModelInfo | undefined {
  return CATALOGUE.find((model) => model.provider === provider && model.isProviderDefault);
}

/** Ids and aliases that an unknown model name was probably meant to be, best first. */
export function similarModels(name: string): string[] {
  return nearMatches(
    name,
    CATALOGUE.flatMap(({ id, aliases }) => [id, ...aliases]),
  );
}

/** Writing Anthropic's five-minute cache costs a quarter more than plain input. */
const CACHE_WRITE_PERCENT = 125;
const PER_MILLION = 1_000_000;

/**
 * What a call cost, in whole micro-dollars (rounded half up); undefined when the model has no price.
 * `input_tokens` counts all input, cached or not; `output_tokens` includes reasoning.
 */
export function price(usage: Usage, model: ModelInfo): number | undefined {
  const rates = model.price;
  if (rates === undefined) return undefined;
  const { cache_read_tokens: read, cache_write_tokens: written } = usage;
  const plain = Math.max(0, usage.input_tokens - read - written);
  const writeRate =
    model.provider === 'anthropic' ? (rates.input * CACHE_WRITE_PERCENT) / 100 : rates.input;
  const total =
    plain * rates.input +
    read * (rates.cacheRead ?? rates.input) +
    written * writeRate +
    usage.output_tokens * rates.output;
  return Math.round(total / PER_MILLION);
}
