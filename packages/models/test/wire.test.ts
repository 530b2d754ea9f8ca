/** What goes over each wire, pinned. */
import { afterEach, expect, test } from 'vitest';
import { type Twin, startAnthropicTwin, startOpenAiTwin } from '../../../test/twins/index.js';
import { createAiSdkModels } from '../src/ai-sdk/index.js';
import { KEY, READ_FILE, ask, bodyOf, finishOf, modelAt } from './helpers.js';

let twin: Twin | undefined;
afterEach(async () => {
  await twin?.close();
  twin = undefined;
});

test('Anthropic gets its key in x-api-key, the cache marks, and the model as a whole', async () => {
  twin = await startAnthropicTwin([{ text: 'hi' }]);
  await finishOf(modelAt(twin, 'anthropic'), ask('go'));
  expect(twin.requests[0]).toMatchObject({ method: 'POST', path: '/v1/messages' });
  expect(twin.requests[0]?.headers['x-api-key']).toBe(KEY);
  expect(bodyOf(twin, 0)).toEqual({
    model: 'claude-sonnet-4-6',
    max_tokens: 64_000,
    system: [{ type: 'text', text: 'You repair code.', cache_control: { type: 'ephemeral' } }],
    messages: [
      {
        role: 'user',
        content: [{ type: 'text', text: 'go', cache_control: { type: 'ephemeral' } }],
      },
    ],
    tools: [
      {
        name: 'read_file',
        description: 'Reads a file.',
        input_schema: READ_FILE.input_schema,
        eager_input_streaming: true,
      },
    ],
    tool_choice: { type: 'auto' },
    stream: true,
  });
});

test.each([
  ['claude-sonnet-4-6', { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } }],
  ['claude-sonnet-4-5', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
  ['claude-haiku-4-5', {}],
])('medium effort at %s is sent as %o', async (model, sent) => {
  twin = await startAnthropicTwin([{ text: 'hi' }]);
  const models = createAiSdkModels({
    env: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: twin.url },
    fetch: globalThis.fetch,
  });
  await finishOf(models.resolve({ model }), ask('go', { reasoningEffort: 'medium' }));
  const body = bodyOf(twin, 0);
  expect(body).toMatchObject(sent);
  if (model === 'claude-haiku-4-5') expect(body).not.toHaveProperty('thinking');
});

test('OpenAI keeps nothing and gives its reasoning back encrypted', async () => {
  twin = await startOpenAiTwin([{ text: 'hi' }]);
  await finishOf(
    modelAt(twin, 'openai'),
    ask('go', { reasoningEffort: 'high', maxOutputTokens: 500 }),
  );
  expect(twin.requests[0]?.path).toBe('/v1/responses');
  expect(twin.requests[0]?.headers['authorization']).toBe(`Bearer ${KEY}`);
  expect(bodyOf(twin, 0)).toMatchObject({
    model: 'gpt-5.4',
    store: false,
    stream: true,
    include: ['reasoning.encrypted_content'],
    reasoning: { effort: 'high' },
    max_output_tokens: 500,
    input: [
      { role: 'developer', content: 'You repair code.' },
      { role: 'user', content: [{ type: 'input_text', text: 'go' }] },
    ],
  });
});

test('a compatible server is asked for usage, and needs no key', async () => {
  twin = await startOpenAiTwin([{ text: 'hi', usage: { input: 7, output: 3 } }]);
  const models = createAiSdkModels({
    env: { OPENAI_COMPATIBLE_BASE_URL: `${twin.url}/v1` },
    fetch: globalThis.fetch,
  });
  const { usage } = await finishOf(
    models.resolve({ provider: 'openai_compatible', model: 'm' }),
    ask('go'),
  );
  expect(usage).toEqual({
    input_tokens: 7,
    output_tokens: 3,
    reasoning_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
  });
  expect(twin.requests[0]?.path).toBe('/v1/chat/completions');
  expect(twin.requests[0]?.headers).not.toHaveProperty('authorization');
  expect(bodyOf(twin, 0)).toMatchObject({
    model: 'm',
    max_tokens: 8_192,
    stream_options: { include_usage: true },
  });
});

test('KIMI_BASE_URL moves Kimi, whose answers have a price', async () => {
  twin = await startOpenAiTwin([{ text: 'hi', usage: { input: 1_000, output: 100 } }]);
  const models = createAiSdkModels({
    env: { KIMI_API_KEY: KEY, KIMI_BASE_URL: `${twin.url}/v1` },
    fetch: globalThis.fetch,
  });
  const { usage } = await finishOf(models.resolve({ model: 'kimi' }), ask('go'));
  expect(usage.total_usd_micros).toBe(900);
});

test('cache writes and reads of Anthropic are counted and priced', async () => {
  twin = await startAnthropicTwin([
    {
      text: 'hi',
      usage: { input: 10_000, output: 100, cacheRead: 6_000, cacheWrite: 3_000, reasoning: 50 },
    },
  ]);
  const { usage } = await finishOf(modelAt(twin, 'anthropic'), ask('go'));
  expect(usage).toEqual({
    input_tokens: 10_000,
    output_tokens: 100,
    reasoning_tokens: 50,
    cache_read_tokens: 6_000,
    cache_write_tokens: 3_000,
    total_usd_micros: 17_550,
  });
});

test('environment variables of this process that were not passed do not count', async () => {
  twin = await startAnthropicTwin([{ text: 'hi' }]);
  const seen: string[] = [];
  const models = createAiSdkModels({
    env: { ANTHROPIC_API_KEY: KEY },
    fetch: (input) => {
      seen.push(input instanceof Request ? input.url : input.toString());
      return Promise.reject(new TypeError('fetch failed'));
    },
  });
  process.env['ANTHROPIC_BASE_URL'] = twin.url;
  try {
    for await (const event of models
      .resolve({})
      .stream(ask('go'), { signal: new AbortController().signal }))
      expect(event).toMatchObject({ type: 'error', error: { kind: 'network' } });
  } finally {
    delete process.env['ANTHROPIC_BASE_URL'];
  }
  expect(seen).toEqual(['https://api.anthropic.com/v1/messages']);
});
