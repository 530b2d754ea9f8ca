/** From a wish to a model, a key and an address. Pure: decides, imports no client. */
import { FabroError } from '@fabro/protocol';
import { CATALOGUE, defaultModelOf, findModel, similarModels } from '../catalogue.js';
import { UNKNOWN_CONTEXT_WINDOW, UNKNOWN_MAX_OUTPUT_TOKENS } from '../limits.js';
import type { ModelInfo } from '../model-info.js';
import { nearMatches } from '../near-matches.js';
import {
  DEFAULT_PROVIDER_ORDER,
  PROVIDERS,
  PROVIDER_IDS,
  type Environment,
  type ProviderInfo,
  type ProviderWire,
  findProvider,
  isConfigured,
  keyOf,
  setting,
} from '../providers.js';

/** Everything that a client needs. */
export interface ResolvedModel {
  readonly model: ModelInfo;
  readonly provider: ProviderInfo;
  readonly wire: ProviderWire;
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
}

/** Throws FabroError `invalid_argument`; see `Models.resolve`. */
export function resolveModel(
  wish: { readonly model?: string; readonly provider?: string },
  env: Environment,
): ResolvedModel {
  const wished = wish.provider === undefined ? undefined : providerNamed(wish.provider);
  const { provider, model } = choose(wished, wish.model, env);
  const { wire } = provider;
  if (wire === undefined)
    throw invalid(
      `Model "${model.id}": provider ${provider.id} has no client in this version. Use a model of ${usableProviders()}; \`fabro doctor\` shows which of them are configured.`,
    );
  if (!isConfigured(provider, env)) throw unconfigured(provider, model.id);
  return {
    model,
    provider,
    wire,
    baseUrl: baseUrlOf(provider, wire, env),
    apiKey: keyOf(provider, env),
  };
}

function choose(
  wished: ProviderInfo | undefined,
  name: string | undefined,
  env: Environment,
): { readonly provider: ProviderInfo; readonly model: ModelInfo } {
  if (name === undefined) {
    const provider = wished ?? defaultProvider(env);
    return { provider, model: defaultModel(provider, env) };
  }
  const free = PROVIDERS.openai_compatible;
  if (wished?.id === free.id) return { provider: free, model: uncataloguedModel(name) };
  const model = findModel(name);
  if (model === undefined) {
    if (wished === undefined && name === freeModelName(env)) {
      return { provider: free, model: uncataloguedModel(name) };
    }
    throw unknownModel(name, wished);
  }
  if (wished !== undefined && wished.id !== model.provider)
    throw invalid(
      `Model "${name}" belongs to provider ${model.provider}, not ${wished.id}. Leave the provider out, or use one of ${idsOf(wished)}.`,
    );
  return { provider: PROVIDERS[model.provider], model };
}

function defaultProvider(env: Environment): ProviderInfo {
  const first = DEFAULT_PROVIDER_ORDER.find((id) => isConfigured(PROVIDERS[id], env));
  if (first !== undefined) return PROVIDERS[first];
  const gemini =
    keyOf(PROVIDERS.gemini, env) === undefined
      ? ''
      : ' A Gemini key is set, but this version has no Gemini client.';
  throw invalid(
    `No model provider is configured.${gemini} Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or OPENAI_COMPATIBLE_BASE_URL and OPENAI_COMPATIBLE_MODEL for a server that speaks chat completions, then start again.`,
  );
}

function defaultModel(provider: ProviderInfo, env: Environment): ModelInfo {
  const known = defaultModelOf(provider.id);
  if (known !== undefined) return known;
  if (!isConfigured(provider, env)) throw unconfigured(provider, 'default');
  const name = freeModelName(env);
  if (name !== undefined) return uncataloguedModel(name);
  throw invalid(
    `Provider ${provider.id} has no default model. Name a model, or set ${provider.modelVariable ?? 'a model'}.`,
  );
}

function freeModelName(env: Environment): string | undefined {
  const { modelVariable } = PROVIDERS.openai_compatible;
  return modelVariable === undefined ? undefined : setting(env, modelVariable);
}

/** A model that only its server knows: no price, and limits that every server of today grants. */
function uncataloguedModel(id: string): ModelInfo {
  return {
    id,
    provider: 'openai_compatible',
    aliases: [],
    isProviderDefault: false,
    contextWindow: UNKNOWN_CONTEXT_WINDOW,
    maxOutputTokens: UNKNOWN_MAX_OUTPUT_TOKENS,
    features: { tools: true, vision: false, reasoning: 'always' },
  };
}

function providerNamed(name: string): ProviderInfo {
  const provider = findProvider(name);
  if (provider !== undefined) return provider;
  const names = Object.values(PROVIDERS).flatMap(({ id, aliases }) => [id, ...aliases]);
  throw invalid(
    `Unknown provider "${name}".${didYouMean(nearMatches(name, names))} Providers are ${PROVIDER_IDS.join(', ')}.`,
  );
}

function unknownModel(name: string, wished: ProviderInfo | undefined): FabroError {
  const where = wished === undefined ? '' : ` of provider ${wished.id}`;
  return invalid(
    `Unknown model "${name}"${where}.${didYouMean(similarModels(name))} Run \`fabro doctor\` to see which providers can be used.`,
  );
}

function unconfigured(provider: ProviderInfo, model: string): FabroError {
  const variables = provider.needsKey
    ? provider.keyVariables.join(' or ')
    : provider.baseUrlVariable;
  return invalid(
    `Model "${model}" needs provider ${provider.id}, which is not configured: ${variables} is not set. Set it in the environment that runs the model, then start again.`,
  );
}

function baseUrlOf(provider: ProviderInfo, wire: ProviderWire, env: Environment): string {
  const text = setting(env, provider.baseUrlVariable) ?? provider.defaultBaseUrl ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The value is not repeated: an address may carry a password.
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw invalid(`${provider.baseUrlVariable} is no http or https URL. Correct it, or unset it.`);
  const trimmed = text.replace(/\/+$/, '');
  // Anthropic's own tools take the address without the version, which the client wants in it.
  return wire === 'anthropic' && !/\/v\d+$/.test(url.pathname.replace(/\/+$/, ''))
    ? `${trimmed}/v1`
    : trimmed;
}

function usableProviders(): string {
  return PROVIDER_IDS.filter((id) => PROVIDERS[id].wire !== undefined).join(', ');
}

function idsOf(provider: ProviderInfo): string {
  return CATALOGUE.filter((model) => model.provider === provider.id)
    .map(({ id }) => id)
    .join(', ');
}

function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? '' : ` Did you mean ${names.join(', ')}?`;
}

function invalid(message: string): FabroError {
  return new FabroError('invalid_argument', message);
}
