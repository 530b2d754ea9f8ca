import { FabroError } from '@fabro/protocol';
import { expect, test } from 'vitest';
import { createAiSdkModels } from '../src/ai-sdk/index.js';

function models(env: Record<string, string>) {
  return createAiSdkModels({
    env,
    fetch: () => Promise.reject(new Error('no network in this test')),
  });
}

function refusal(env: Record<string, string>, wish: { model?: string; provider?: string }): string {
  try {
    models(env).resolve(wish);
  } catch (error) {
    if (error instanceof FabroError && error.code === 'invalid_argument') return error.message;
    throw error;
  }
  throw new Error('it was resolved');
}

const ANTHROPIC = { ANTHROPIC_API_KEY: 'a' };
const OPENAI = { OPENAI_API_KEY: 'o' };
const LOCAL = { OPENAI_COMPATIBLE_BASE_URL: 'http://localhost:1/v1' };

test.each<[string, Record<string, string>, string]>([
  ['both keys', { ...OPENAI, ...ANTHROPIC }, 'anthropic/claude-sonnet-4-6'],
  ['an OpenAI key', OPENAI, 'openai/gpt-5.4'],
  ['an OpenAI and a Gemini key', { ...OPENAI, GEMINI_API_KEY: 'g' }, 'openai/gpt-5.4'],
  ['a local server', { ...LOCAL, OPENAI_COMPATIBLE_MODEL: 'qwen' }, 'openai_compatible/qwen'],
  ['a Kimi key', { KIMI_API_KEY: 'k' }, 'kimi/kimi-k2.5'],
])('with %s and no wish the default model is taken (§9.3)', (_what, env, expected) => {
  const { provider, id, scripted } = models(env).resolve({});
  expect([`${provider}/${id}`, scripted]).toEqual([expected, false]);
});

test('a wish may be an alias, a provider, or both', () => {
  const both = models({ ...ANTHROPIC, ...OPENAI });
  expect(both.resolve({ model: 'opus' }).id).toBe('claude-opus-4-7');
  expect(both.resolve({ provider: 'open_ai' }).id).toBe('gpt-5.4');
  expect(both.resolve({ provider: 'openai', model: 'codex' })).toMatchObject({
    id: 'gpt-5.3-codex',
    contextWindow: 1_047_576,
  });
});

test('a compatible server takes any model name', () => {
  expect(
    models(LOCAL).resolve({ provider: 'openai_compatible', model: 'my/model:7b' }),
  ).toMatchObject({
    provider: 'openai_compatible',
    id: 'my/model:7b',
    contextWindow: 128_000,
  });
});

test.each<[boolean, Record<string, string>]>([
  [false, {}],
  [false, { ANTHROPIC_API_KEY: '  ' }],
  [false, { GEMINI_API_KEY: 'g' }],
  [true, ANTHROPIC],
  [true, LOCAL],
])('configured is %s with %o', (configured, env) => {
  expect(models(env).configured).toBe(configured);
});

test('without any key one message names what to set', () => {
  expect(refusal({}, {})).toBe(
    'No model provider is configured. Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or OPENAI_COMPATIBLE_BASE_URL and OPENAI_COMPATIBLE_MODEL for a server that speaks chat completions, then start again.',
  );
});

test('with only a Gemini key the message says that there is no Gemini client', () => {
  expect(refusal({ GOOGLE_API_KEY: 'g' }, {})).toContain(
    'A Gemini key is set, but this version has no Gemini client.',
  );
  expect(refusal({ GOOGLE_API_KEY: 'g' }, { model: 'gemini-pro' })).toContain(
    'provider gemini has no client in this version',
  );
});

test('a model whose provider has no key names the variable', () => {
  expect(refusal(OPENAI, { model: 'sonnet' })).toBe(
    'Model "claude-sonnet-4-6" needs provider anthropic, which is not configured: ANTHROPIC_API_KEY is not set. Set it in the environment that runs the model, then start again.',
  );
});

test('an unknown model gets near matches and the command that shows which providers can be used', () => {
  expect(refusal(ANTHROPIC, { model: 'sonet' })).toBe(
    'Unknown model "sonet". Did you mean sonnet? Run `fabro doctor` to see which providers can be used.',
  );
});

test('an unknown provider gets near matches and all names', () => {
  expect(refusal(ANTHROPIC, { provider: 'antropic' })).toBe(
    'Unknown provider "antropic". Did you mean anthropic? Providers are anthropic, openai, gemini, kimi, zai, minimax, inception, openai_compatible.',
  );
});

test("a model of another provider is refused with the wished provider's models", () => {
  expect(refusal(ANTHROPIC, { provider: 'anthropic', model: 'gpt-5.4' })).toContain(
    'Model "gpt-5.4" belongs to provider openai, not anthropic.',
  );
});

test('a base URL that is none is refused without repeating it', () => {
  const message = refusal({ ...OPENAI, OPENAI_BASE_URL: 'ftp://user:secret@host' }, {});
  expect(message).toContain('OPENAI_BASE_URL is no http or https URL');
  expect(message).not.toContain('secret');
});
