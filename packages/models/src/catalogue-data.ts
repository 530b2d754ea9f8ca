/** The models of engine reference §9.3. Prices are USD per million tokens as published; see `ModelInfo`. */
import type { ModelInfo, ReasoningControl } from './model-info.js';
import type { ProviderId } from './providers.js';

const THOUSAND = 1_000;
const MILLION = 1_000_000;

interface Row {
  readonly aliases?: readonly string[];
  readonly default?: true;
  readonly window: readonly [context: number, output: number];
  /** USD per million tokens: input, output, cached input. */
  readonly usd?: readonly [input: number, output: number, cached?: number];
  readonly reasoning?: ReasoningControl;
  readonly vision?: false;
}

function models(provider: ProviderId, rows: Readonly<Record<string, Row>>): ModelInfo[] {
  return Object.entries(rows).map(([id, row]) => ({
    id,
    provider,
    aliases: row.aliases ?? [],
    isProviderDefault: row.default === true,
    contextWindow: row.window[0],
    maxOutputTokens: row.window[1],
    features: { tools: true, vision: row.vision !== false, reasoning: row.reasoning ?? 'none' },
    ...(row.usd === undefined ? {} : { price: priceOf(row.usd) }),
  }));
}

function priceOf([input, output, cached]: NonNullable<Row['usd']>): NonNullable<
  ModelInfo['price']
> {
  return {
    input: Math.round(input * MILLION),
    output: Math.round(output * MILLION),
    ...(cached === undefined ? {} : { cacheRead: Math.round(cached * MILLION) }),
  };
}

const GPT_WINDOW = [1_047_576, 128 * THOUSAND] as const;
const GPT_55_WINDOW = [1_050_000, 128 * THOUSAND] as const;
const GEMINI_WINDOW = [1_048_576, 65_536] as const;

export const MODEL_ROWS: readonly ModelInfo[] = [
  ...models('anthropic', {
    'claude-opus-4-7': {
      aliases: ['opus', 'claude-opus'],
      window: [MILLION, 128 * THOUSAND],
      usd: [5, 25, 0.5],
      reasoning: 'adaptive',
    },
    'claude-opus-4-6': {
      window: [MILLION, 128 * THOUSAND],
      usd: [5, 25, 0.5],
      reasoning: 'adaptive',
    },
    'claude-sonnet-4-5': {
      window: [200 * THOUSAND, 64 * THOUSAND],
      usd: [3, 15, 0.3],
      reasoning: 'budget',
    },
    'claude-sonnet-4-6': {
      aliases: ['sonnet', 'claude-sonnet'],
      default: true,
      window: [200 * THOUSAND, 64 * THOUSAND],
      usd: [3, 15, 0.3],
      reasoning: 'adaptive',
    },
    'claude-haiku-4-5': {
      aliases: ['haiku', 'claude-haiku'],
      window: [200 * THOUSAND, 8_192],
      usd: [0.8, 4, 0.08],
    },
  }),
  ...models('openai', {
    'gpt-5.2': {
      aliases: ['gpt5'],
      window: GPT_WINDOW,
      usd: [1.75, 14, 0.175],
      reasoning: 'effort',
    },
    'gpt-5-mini': {
      aliases: ['gpt5-mini'],
      window: GPT_WINDOW,
      usd: [0.25, 2, 0.025],
      reasoning: 'effort',
    },
    'gpt-5.2-codex': { window: GPT_WINDOW, usd: [1.75, 14], reasoning: 'effort' },
    'gpt-5.3-codex': {
      aliases: ['codex'],
      window: GPT_WINDOW,
      usd: [1.75, 14],
      reasoning: 'effort',
    },
    'gpt-5.3-codex-spark': {
      aliases: ['codex-spark'],
      window: [131_072, 128 * THOUSAND],
      reasoning: 'effort',
      vision: false,
    },
    'gpt-5.4': {
      aliases: ['gpt54', 'gpt-54'],
      default: true,
      window: GPT_WINDOW,
      usd: [2.5, 15, 0.25],
      reasoning: 'effort',
    },
    'gpt-5.4-pro': { window: GPT_WINDOW, usd: [30, 180, 3], reasoning: 'effort' },
    'gpt-5.4-mini': {
      window: [400 * THOUSAND, 128 * THOUSAND],
      usd: [0.75, 4.5, 0.075],
      reasoning: 'effort',
    },
    'gpt-5.5': {
      aliases: ['gpt55', 'gpt-55'],
      window: GPT_55_WINDOW,
      usd: [5, 30, 0.5],
      reasoning: 'effort',
    },
    'gpt-5.5-pro': { window: GPT_55_WINDOW, usd: [30, 180, 3], reasoning: 'effort' },
  }),
  ...models('gemini', {
    'gemini-3.1-pro-preview': {
      aliases: ['gemini-pro'],
      default: true,
      window: GEMINI_WINDOW,
      usd: [2, 12, 0.5],
      reasoning: 'effort',
    },
    'gemini-3.1-pro-preview-customtools': {
      aliases: ['gemini-customtools'],
      window: GEMINI_WINDOW,
      usd: [2, 12, 0.5],
      reasoning: 'effort',
    },
    'gemini-3-flash-preview': {
      aliases: ['gemini-flash'],
      window: GEMINI_WINDOW,
      usd: [0.5, 3, 0.125],
      reasoning: 'effort',
    },
    'gemini-3.1-flash-lite-preview': {
      aliases: ['gemini-flash-lite'],
      window: GEMINI_WINDOW,
      usd: [0.25, 1.5, 0.0625],
      reasoning: 'effort',
    },
  }),
  ...models('kimi', {
    'kimi-k2.5': {
      aliases: ['kimi'],
      default: true,
      window: [262_144, 16_000],
      usd: [0.6, 3],
      reasoning: 'always',
    },
  }),
  ...models('zai', {
    'glm-4.7': {
      aliases: ['glm', 'glm4'],
      default: true,
      window: [202_752, 16_384],
      usd: [0.6, 2.2],
      reasoning: 'always',
      vision: false,
    },
  }),
  ...models('minimax', {
    'minimax-m2.5': {
      aliases: ['minimax'],
      default: true,
      window: [196_608, 16_384],
      usd: [0.3, 1.2],
      reasoning: 'always',
      vision: false,
    },
  }),
  ...models('inception', {
    'mercury-2': {
      aliases: ['mercury'],
      default: true,
      window: [131_072, 50_000],
      usd: [0.25, 0.75],
      reasoning: 'effort',
      vision: false,
    },
  }),
];
