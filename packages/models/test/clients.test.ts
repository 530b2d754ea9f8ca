/** The real clients against twins that speak the real wires; one table of behaviour for all of them. */
import type { Message } from '@fabro/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Twin,
  type TwinScript,
  startAnthropicTwin,
  startOpenAiTwin,
} from '../../../test/twins/index.js';
import {
  KEY,
  type Wire,
  ask,
  bodyOf,
  deltas,
  errorOf,
  eventsOf,
  finishOf,
  modelAt,
  stored,
} from './helpers.js';

const open: Twin[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((twin) => twin.close()));
});

async function start(wire: Wire, script: TwinScript): Promise<Twin> {
  const twin = await (wire === 'anthropic' ? startAnthropicTwin(script) : startOpenAiTwin(script));
  open.push(twin);
  return twin;
}

const TURN = {
  reasoning: {
    text: 'First I look at the file, then I decide.',
    signature: 'c2lnbmF0dXJlIG5vYm9keSByZWFkcw==',
  },
  text: 'I will read the file — naïve 🙂.',
  toolCalls: [
    { name: 'read_file', arguments: { file_path: 'src/sum.ts', offset: 1 } },
    { name: 'read_file', arguments: { file_path: 'test/sum.test.ts' } },
  ],
  usage: { input: 1_000, output: 200, cacheRead: 600, reasoning: 40 },
};

describe.each<Wire>(['anthropic', 'openai', 'openai_compatible'])('%s', (wire) => {
  test('streams text and reasoning and ends with the whole message', async () => {
    const twin = await start(wire, [TURN]);
    const events = await eventsOf(modelAt(twin, wire), ask('go'));
    expect(deltas(events, 'text_delta')).toBe(TURN.text);
    expect(deltas(events, 'reasoning_delta')).toBe(TURN.reasoning.text);
    const last = events.at(-1);
    expect(last).toMatchObject({
      type: 'finish',
      finishReason: 'tool_calls',
      message: {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: TURN.reasoning.text },
          { type: 'text', text: TURN.text },
          {
            type: 'tool_call',
            tool_name: 'read_file',
            input: { file_path: 'src/sum.ts', offset: 1 },
          },
          { type: 'tool_call', tool_name: 'read_file', input: { file_path: 'test/sum.test.ts' } },
        ],
      },
      usage: {
        input_tokens: 1_000,
        output_tokens: 200,
        cache_read_tokens: 600,
        reasoning_tokens: 40,
      },
    });
    expect(events.filter(({ type }) => type === 'finish' || type === 'error')).toHaveLength(1);
  });

  test('a conversation that was stored sends the same bytes as one that was not (design 3)', async () => {
    const twin = await start(wire, [TURN, { text: 'done' }, { text: 'done' }]);
    const model = modelAt(twin, wire);
    const first = ask('go');
    const { message } = await finishOf(model, first);
    const calls = message.content.filter((part) => part.type === 'tool_call');
    const conversation: Message[] = [
      ...first.messages,
      message,
      {
        role: 'tool',
        content: calls.map(({ tool_call_id, tool_name }, index) => ({
          type: 'tool_result',
          tool_call_id,
          tool_name,
          output: `line ${index}`,
          is_error: index === 1,
        })),
      },
    ];
    await finishOf(model, { ...first, messages: conversation });
    // Another process: a new client, and messages that went through the journal.
    await finishOf(modelAt(twin, wire), { ...first, messages: stored(conversation) });
    const [, live, resumed] = twin.requests;
    expect(resumed?.body.equals(live?.body ?? Buffer.alloc(0))).toBe(true);
    const body = live?.body.toString('utf8') ?? '';
    expect(body).toContain('First I look at the file');
    // A compatible server's reasoning has no signature; the others want theirs back unread.
    expect(body.includes(TURN.reasoning.signature)).toBe(wire !== 'openai_compatible');
    expect(body).toContain('line 1');
    for (const { tool_call_id } of calls) expect(body.split(tool_call_id)).toHaveLength(3);
  });

  test('tool arguments that are no JSON reach the caller as they are and can be sent back', async () => {
    const twin = await start(wire, [
      { toolCalls: [{ name: 'read_file', arguments: '{"file_path": "a' }] },
      { text: 'sorry' },
    ]);
    const model = modelAt(twin, wire);
    const { message, finishReason } = await finishOf(model, ask('go'));
    expect(finishReason).toBe('tool_calls');
    const [call] = message.content;
    if (call?.type !== 'tool_call') throw new Error('no call');
    expect(call.input).toBe('{"file_path": "a');
    expect(call.invalid).toMatch(/JSON/);
    await finishOf(
      model,
      ask('go', {
        messages: [
          ...ask('go').messages,
          message,
          {
            role: 'tool',
            content: [
              {
                type: 'tool_result',
                tool_call_id: call.tool_call_id,
                tool_name: 'read_file',
                output: 'invalid arguments',
                is_error: true,
              },
            ],
          },
        ],
      }),
    );
    expect(twin.requests[1]?.body.toString()).toContain('unparsed_arguments');
  });

  test('an answer cut at its length says so', async () => {
    const twin = await start(wire, [{ text: 'half an ans', stop: 'length' }]);
    expect((await finishOf(modelAt(twin, wire), ask('go'))).finishReason).toBe('length');
  });

  test('a refusal by the content filter says so', async () => {
    const twin = await start(wire, [{ text: 'no', stop: 'refusal' }]);
    expect((await finishOf(modelAt(twin, wire), ask('go'))).finishReason).toBe('content_filter');
  });

  test.each(['drop', 'end'] as const)(
    'a stream without its finish (%s) is a stream error that may be retried (§9.3)',
    async (how) => {
      const twin = await start(wire, [
        { text: 'a longer text to cut in two', interrupt: { afterFrames: 4, how } },
      ]);
      const events = await eventsOf(modelAt(twin, wire), ask('go'));
      expect(events.at(-1)).toMatchObject({
        type: 'error',
        error: { kind: 'stream', retryable: true },
      });
      expect(events.some(({ type }) => type === 'finish')).toBe(false);
    },
  );

  test('a stream that ends before it says anything is a stream error', async () => {
    const twin = await start(wire, [{ interrupt: { afterFrames: 0, how: 'end' } }]);
    expect(await errorOf(modelAt(twin, wire), ask('go'))).toMatchObject({
      kind: 'stream',
      retryable: true,
    });
  });

  test("the provider's own error inside a stream keeps its kind", async () => {
    const how = { type: 'rate_limit_exceeded', message: 'too fast' };
    const twin = await start(wire, [
      { text: 'some words before', interrupt: { afterFrames: 5, how } },
    ]);
    const error = await errorOf(modelAt(twin, wire), ask('go'));
    expect(error.kind).toBe('rate_limit');
    expect(error.message).toContain('too fast');
  });

  test.each([
    ['overloaded_error', 'server', true],
    ['something_else', 'server', true],
    ['invalid_request_error', 'invalid_request', false],
  ] as const)(
    'an error "%s" in the middle of an answer is %s, retryable %s',
    async (type, kind, retryable) => {
      const how = { type, message: 'told so' };
      const twin = await start(wire, [
        { text: 'some words before', interrupt: { afterFrames: 5, how } },
      ]);
      expect(await errorOf(modelAt(twin, wire), ask('go'))).toMatchObject({ kind, retryable });
    },
  );

  test.each([
    [401, 'authentication', false],
    [403, 'access_denied', false],
    [404, 'not_found', false],
    [408, 'timeout', false],
    [413, 'context_length', false],
    [429, 'rate_limit', true],
    [500, 'server', true],
    [529, 'server', true],
    [400, 'invalid_request', false],
  ] as const)('HTTP %d is %s, retryable %s, asked once (§9.3)', async (status, kind, retryable) => {
    const twin = await start(wire, [{ status, message: 'told so', type: 'some_error' }]);
    const model = modelAt(twin, wire);
    const error = await errorOf(model, ask('go'));
    expect(error).toMatchObject({ kind, retryable });
    for (const part of [wire, model.id, String(status), 'told so'])
      expect(error.message).toContain(part);
    expect(twin.requests).toHaveLength(1);
  });

  test('Retry-After comes with the error', async () => {
    const twin = await start(wire, [{ status: 429, headers: { 'retry-after': '7' } }]);
    expect((await errorOf(modelAt(twin, wire), ask('go'))).retryAfterMs).toBe(7_000);
  });

  test('a key that the provider repeats is in no part of the error', async () => {
    const twin = await start(wire, [{ status: 401, message: `Incorrect API key: ${KEY}` }]);
    const error = await errorOf(modelAt(twin, wire), ask('go'));
    expect(error.message).toContain('Incorrect API key: [key]');
    const { cause } = error;
    const seen = [
      error.message,
      String(cause),
      cause instanceof Error ? cause.stack : '',
      JSON.stringify(error),
    ];
    expect(seen.join('\n')).not.toContain(KEY);
    expect(JSON.stringify(twin.requests[0]?.headers)).toContain(KEY);
  });

  test('a server that is not there is a network error that may be retried', async () => {
    const twin = await start(wire, []);
    const model = modelAt(twin, wire);
    await twin.close();
    open.splice(0);
    expect(await errorOf(model, ask('go'))).toMatchObject({ kind: 'network', retryable: true });
  });

  test('aborting ends the request at the provider and the stream with "canceled"', async () => {
    const twin = await start(wire, [
      { text: 'never complete', interrupt: { afterFrames: 4, how: 'stall' } },
    ]);
    const stop = new AbortController();
    const ended = errorOf(modelAt(twin, wire), ask('go'), stop.signal);
    const request = await twin.request(0);
    stop.abort(new Error('the run was cancelled'));
    const error = await ended;
    expect(error).toMatchObject({ kind: 'canceled', retryable: false });
    expect(error.message).toContain('the run was cancelled');
    await request.abandoned;
  });

  test('a deadline that passes is a timeout', async () => {
    const twin = await start(wire, [{ interrupt: { afterFrames: 1, how: 'stall' } }]);
    const error = await errorOf(modelAt(twin, wire), ask('go'), AbortSignal.timeout(50));
    expect(error).toMatchObject({ kind: 'timeout', retryable: false });
  });

  test('a call whose signal has aborted before asks nothing', async () => {
    const twin = await start(wire, [TURN]);
    expect(await errorOf(modelAt(twin, wire), ask('go'), AbortSignal.abort())).toMatchObject({
      kind: 'canceled',
    });
    expect(twin.requests).toHaveLength(0);
  });

  test('a consumer that leaves early ends the request', async () => {
    const twin = await start(wire, [
      { text: 'a text nobody reads', interrupt: { afterFrames: 6, how: 'stall' } },
    ]);
    for await (const event of modelAt(twin, wire).stream(ask('go'), {
      signal: new AbortController().signal,
    }))
      if (event.type === 'text_delta') break;
    const request = await twin.request(0);
    await expect(request.abandoned).resolves.toBeUndefined();
  });

  test('events that carry no text are signs of life (decision 18)', async () => {
    const twin = await start(wire, [{ text: 'hi' }]);
    const [first] = await eventsOf(modelAt(twin, wire), ask('go'));
    expect(first).toEqual({ type: 'activity' });
  });

  test('an answer without content is a message without content, and is left out when sent again', async () => {
    const twin = await start(wire, [{ text: ' \n' }, { text: 'ok' }]);
    const model = modelAt(twin, wire);
    const { message } = await finishOf(model, ask('go'));
    expect(message).toEqual({ role: 'assistant', content: [] });
    await finishOf(model, ask('go', { messages: [...ask('go').messages, message] }));
    expect(JSON.stringify(bodyOf(twin, 1))).not.toContain('"assistant"');
  });
});
