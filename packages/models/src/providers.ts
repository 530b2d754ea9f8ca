/** The providers of engine reference §9.3 as data: where they are reached and what unlocks them. */

export const PROVIDER_IDS = [
  'anthropic',
  'openai',
  'gemini',
  'kimi',
  'zai',
  'minimax',
  'inception',
  'openai_compatible',
] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

/** The wire that a provider speaks: Anthropic messages, OpenAI responses, or chat completions. */
export type ProviderWire = 'anthropic' | 'openai' | 'chat_completions';

export interface ProviderInfo {
  readonly id: ProviderId;
  readonly aliases: readonly string[];
  /** Absent: this version has no client for the provider. */
  readonly wire?: ProviderWire;
  /** Environment variables that may hold the key, the first set one wins. */
  readonly keyVariables: readonly string[];
  /** False where a server without a key is normal; then the base URL configures the provider. */
  readonly needsKey: boolean;
  readonly baseUrlVariable: string;
  /** Absent: the base URL has to be set. */
  readonly defaultBaseUrl?: string;
  /** Variable that names the model to use when none is wished for. */
  readonly modelVariable?: string;
}

function provider(
  id: ProviderId,
  rest: Pick<ProviderInfo, 'wire' | 'defaultBaseUrl' | 'modelVariable'> &
    Partial<Pick<ProviderInfo, 'aliases' | 'keyVariables' | 'needsKey'>>,
): ProviderInfo {
  const prefix = id.toUpperCase();
  return {
    id,
    aliases: [],
    keyVariables: [`${prefix}_API_KEY`],
    needsKey: true,
    baseUrlVariable: `${prefix}_BASE_URL`,
    ...rest,
  };
}

export const PROVIDERS: Readonly<Record<ProviderId, ProviderInfo>> = {
  anthropic: provider('anthropic', {
    wire: 'anthropic',
    defaultBaseUrl: 'https://api.anthropic.com/v1',
  }),
  openai: provider('openai', {
    aliases: ['open_ai'],
    wire: 'openai',
    defaultBaseUrl: 'https://api.openai.com/v1',
  }),
  gemini: provider('gemini', { keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] }),
  kimi: provider('kimi', {
    wire: 'chat_completions',
    defaultBaseUrl: 'https://api.moonshot.ai/v1',
  }),
  zai: provider('zai', {
    wire: 'chat_completions',
    defaultBaseUrl: 'https://api.z.ai/api/paas/v4',
  }),
  minimax: provider('minimax', {
    wire: 'chat_completions',
    defaultBaseUrl: 'https://api.minimax.io/v1',
  }),
  inception: provider('inception', {
    aliases: ['inception_labs'],
    wire: 'chat_completions',
    defaultBaseUrl: 'https://api.inceptionlabs.ai/v1',
  }),
  openai_compatible: provider('openai_compatible', {
    wire: 'chat_completions',
    needsKey: false,
    modelVariable: 'OPENAI_COMPATIBLE_MODEL',
  }),
};

/** Who is asked when nobody was wished for: the first one configured. */
export const DEFAULT_PROVIDER_ORDER: readonly ProviderId[] = [
  'anthropic',
  'openai',
  'gemini',
  'openai_compatible',
  'kimi',
  'zai',
  'minimax',
  'inception',
];

/** The provider with this id or alias; undefined when there is none. Case does not count. */
export function findProvider(name: string): ProviderInfo | undefined {
  const wanted = name.toLowerCase();
  return Object.values(PROVIDERS).find(
    ({ id, aliases }) => id === wanted || aliases.includes(wanted),
  );
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** True when requests to this provider can be made: its key is set, or its address where keys are optional. */
export function isConfigured(provider: ProviderInfo, env: Environment): boolean {
  if (provider.wire === undefined) return false;
  if (provider.needsKey) return keyOf(provider, env) !== undefined;
  return setting(env, provider.baseUrlVariable) !== undefined;
}

/** The provider's key; undefined when none of its variables is set. */
export function keyOf(provider: ProviderInfo, env: Environment): string | undefined {
  for (const variable of provider.keyVariables) {
    const value = setting(env, variable);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** A variable without blanks around it; undefined when nothing is left. */
export function setting(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
