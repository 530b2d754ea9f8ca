import { expect, test } from 'vitest';
import {
  CATALOGUE,
  PROVIDER_IDS,
  PROVIDERS,
  defaultModelOf,
  editDistance,
  findModel,
  findProvider,
  nearMatches,
  price,
  similarModels,
} from '../src/index.js';

const NO_CACHE = { reasoning_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0 };

function model(name: string) {
  const found = findModel(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

test.each([
  ['opus', 'claude-opus-4-7', 1_000_000, 128_000],
  ['sonnet', 'claude-sonnet-4-6', 200_000, 64_000],
  ['claude-haiku', 'claude-haiku-4-5', 200_000, 8_192],
  ['GPT5', 'gpt-5.2', 1_047_576, 128_000],
  ['codex-spark', 'gpt-5.3-codex-spark', 131_072, 128_000],
  ['gpt-5.4-mini', 'gpt-5.4-mini', 400_000, 128_000],
  ['gpt55', 'gpt-5.5', 1_050_000, 128_000],
  ['gemini-flash-lite', 'gemini-3.1-flash-lite-preview', 1_048_576, 65_536],
  ['kimi', 'kimi-k2.5', 262_144, 16_000],
  ['glm4', 'glm-4.7', 202_752, 16_384],
  ['minimax', 'minimax-m2.5', 196_608, 16_384],
  ['mercury', 'mercury-2', 131_072, 50_000],
])(
  '"%s" is %s with a window of %d and answers of %d tokens (§9.3)',
  (name, id, context, output) => {
    const { id: found, contextWindow, maxOutputTokens } = model(name);
    expect([found, contextWindow, maxOutputTokens]).toEqual([id, context, output]);
  },
);

test('each catalogued provider has one default model (§9.3)', () => {
  expect(PROVIDER_IDS.map((id) => defaultModelOf(id)?.id)).toEqual([
    'claude-sonnet-4-6',
    'gpt-5.4',
    'gemini-3.1-pro-preview',
    'kimi-k2.5',
    'glm-4.7',
    'minimax-m2.5',
    'mercury-2',
    undefined,
  ]);
});

test('no name means two models, and no answer is longer than its window', () => {
  const names = CATALOGUE.flatMap(({ id, aliases }) => [id, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
  expect(CATALOGUE.filter((one) => one.maxOutputTokens > one.contextWindow)).toEqual([]);
});

test('a million tokens in and out of Sonnet cost 3 and 15 dollars', () => {
  const usage = { ...NO_CACHE, input_tokens: 1_000_000, output_tokens: 1_000_000 };
  expect(price(usage, model('sonnet'))).toBe(18_000_000);
});

test('cached input is cheaper, and writing the cache costs a quarter more at Anthropic', () => {
  const usage = {
    input_tokens: 10_000,
    cache_read_tokens: 6_000,
    cache_write_tokens: 3_000,
    output_tokens: 100,
    reasoning_tokens: 50,
  };
  // 1,000 × 3 + 6,000 × 0.3 + 3,000 × 3.75 + 100 × 15
  expect(price(usage, model('claude-sonnet-4-5'))).toBe(17_550);
  // 4,000 × 2.5 + 6,000 × 0.25 + 100 × 15: OpenAI takes nothing extra for writing
  expect(price(usage, model('gpt-5.4'))).toBe(13_000);
});

test('prices below a micro-dollar a token are rounded once, at the end', () => {
  const usage = { ...NO_CACHE, input_tokens: 3, output_tokens: 0, cache_read_tokens: 3 };
  expect(price(usage, model('gpt-5-mini'))).toBe(0);
  expect(price({ ...usage, output_tokens: 1 }, model('gpt-5-mini'))).toBe(2);
});

test('a model without a published price has no cost rather than none', () => {
  expect(
    price({ ...NO_CACHE, input_tokens: 9, output_tokens: 9 }, model('codex-spark')),
  ).toBeUndefined();
});

test('providers go by their aliases too (§9.3)', () => {
  expect(findProvider('open_ai')?.id).toBe('openai');
  expect(findProvider('inception_labs')?.id).toBe('inception');
  expect(findProvider('acme')).toBeUndefined();
  expect(PROVIDERS.gemini.keyVariables).toEqual(['GEMINI_API_KEY', 'GOOGLE_API_KEY']);
  expect(PROVIDERS.zai.baseUrlVariable).toBe('ZAI_BASE_URL');
});

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['sonet', 'sonnet', 1],
])('from "%s" to "%s" it takes %d edits', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits);
});

test('a mistyped model finds its near matches, nonsense finds none', () => {
  expect(similarModels('sonet')[0]).toBe('sonnet');
  expect(similarModels('claude-sonnet-4.6')[0]).toBe('claude-sonnet-4-6');
  expect(similarModels('xyzzyplugh')).toEqual([]);
});

test('a beginning counts as a near match', () => {
  expect(nearMatches('sub', ['subscription', 'other'])).toEqual(['subscription']);
  expect(nearMatches('', ['a'])).toEqual([]);
});
