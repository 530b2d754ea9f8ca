import type { Message } from '@fabro/protocol';
import { FabroError } from '@fabro/protocol';
import { expect, test } from 'vitest';
import { createScriptedModel, parseScript } from '../src/scripted/index.js';
import { ask, deltas, errorOf, eventsOf, finishOf, stored } from './helpers.js';

const FIX = `
- reason: The test names the file.
  say: I read the file first.
  call:
    - { tool: read_file, args: { file_path: src/sum.ts } }
- say: Done, the sum is right now.
`;

function model(yaml: string) {
  return createScriptedModel(parseScript(yaml, 'fix.yaml'));
}

function result(output: string): Message {
  return {
    role: 'tool',
    content: [
      { type: 'tool_result', tool_call_id: 'x', tool_name: 'read_file', output, is_error: false },
    ],
  };
}

function mistake(yaml: string): string {
  try {
    parseScript(yaml, 'fix.yaml');
  } catch (error) {
    if (error instanceof FabroError && error.code === 'invalid_argument') return error.message;
    throw error;
  }
  throw new Error('it was parsed');
}

test('it says that it is scripted', () => {
  expect(model(FIX)).toMatchObject({ provider: 'scripted', id: 'scripted', scripted: true });
});

test('a turn streams word by word and ends with the whole message', async () => {
  const events = await eventsOf(model(FIX), ask('go'));
  expect(events.filter(({ type }) => type === 'text_delta')).toHaveLength(5);
  expect(deltas(events, 'text_delta')).toBe('I read the file first.');
  expect(deltas(events, 'reasoning_delta')).toBe('The test names the file.');
  expect(events.at(-1)).toMatchObject({
    type: 'finish',
    finishReason: 'tool_calls',
    message: {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'The test names the file.' },
        { type: 'text', text: 'I read the file first.' },
        {
          type: 'tool_call',
          tool_call_id: 'scripted_1_1',
          tool_name: 'read_file',
          input: { file_path: 'src/sum.ts' },
        },
      ],
    },
  });
});

test('the turn follows from the conversation, so a new process goes on where the old one stopped', async () => {
  const first = ask('go');
  const { message } = await finishOf(model(FIX), first);
  const messages = stored([...first.messages, message, result('export const sum = 1')]);
  const next = await finishOf(model(FIX), { ...first, messages });
  expect(next.message.content).toEqual([{ type: 'text', text: 'Done, the sum is right now.' }]);
  expect(next.finishReason).toBe('stop');
});

test('the same request gets the same answer, call ids and usage included', async () => {
  const same = model(FIX);
  expect(await eventsOf(same, ask('go'))).toEqual(await eventsOf(same, ask('go')));
});

test('usage is four characters a token and costs nothing, unless the turn says otherwise', async () => {
  const request = { ...ask('go'), tools: [] };
  const estimated = await finishOf(model('- say: abcd'), request);
  const sent = JSON.stringify([request.system, [], request.messages]).length;
  expect(estimated.usage).toEqual({
    input_tokens: Math.ceil(sent / 4),
    output_tokens: 8,
    reasoning_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    total_usd_micros: 0,
  });
  const told = await finishOf(
    model('- { say: x, usage: { input_tokens: 5, total_usd_micros: 70 } }'),
    request,
  );
  expect(told.usage).toMatchObject({ input_tokens: 5, total_usd_micros: 70 });
});

test('sessions are told apart by their first user message, the rest is the default', async () => {
  const yaml = `
sessions:
  - session: review the change
    turns: [{ say: reviewing }]
  - turns: [{ say: fixing }]
`;
  const say = async (text: string) => (await finishOf(model(yaml), ask(text))).message.content[0];
  expect(await say('Please review the change.')).toEqual({ type: 'text', text: 'reviewing' });
  expect(await say('Please fix it.')).toEqual({ type: 'text', text: 'fixing' });
});

test('without a fitting session the error says so', async () => {
  const error = await errorOf(
    model('sessions: [{ session: a b c, turns: [{ say: x }] }]'),
    ask('go'),
  );
  expect(error).toMatchObject({ kind: 'invalid_request', retryable: false });
  expect(error.message).toContain('no session of fix.yaml fits the first user message');
});

test('a turn with a condition is passed over when the message before does not hold it', async () => {
  const yaml = `
- call: [{ tool: shell, args: { command: npm test } }]
- when: { contains: 1 failed }
  say: It fails.
- say: It passes.
`;
  const first = ask('go');
  const { message } = await finishOf(model(yaml), first);
  const after = async (output: string, ...more: Message[]) =>
    (
      await finishOf(model(yaml), {
        ...first,
        messages: [...first.messages, message, result(output), ...more],
      })
    ).message;
  const failing = await after('1 failed');
  expect(failing.content).toEqual([{ type: 'text', text: 'It fails.' }]);
  expect((await after('3 passed')).content).toEqual([{ type: 'text', text: 'It passes.' }]);
  const user: Message = { role: 'user', content: [{ type: 'text', text: 'and now?' }] };
  expect((await after('1 failed', failing, user)).content).toEqual([
    { type: 'text', text: 'It passes.' },
  ]);
});

test('a script that has run out names the missing turn and its file', async () => {
  const said: Message = { role: 'assistant', content: [{ type: 'text', text: 'x' }] };
  const error = await errorOf(
    model('- say: x'),
    ask('go', { messages: [...ask('go').messages, said] }),
  );
  expect(error.message).toBe(
    'scripted, model scripted: turn 2 of the default session in fix.yaml is missing. Add the turn to the script.',
  );
  expect(error.retryable).toBe(false);
});

test('a turn can fail as a provider does', async () => {
  const yaml = '- error: { kind: rate_limit, message: slow down, retry_after_ms: 200 }';
  expect(await errorOf(model(yaml), ask('go'))).toEqual({
    kind: 'rate_limit',
    message: 'scripted, model scripted: slow down',
    retryable: true,
    retryAfterMs: 200,
  });
});

test('arguments given as text are arguments that did not parse', async () => {
  const { message } = await finishOf(
    model('- call: [{ tool: shell, args: "{broken" }]'),
    ask('go'),
  );
  expect(message.content).toEqual([
    {
      type: 'tool_call',
      tool_call_id: 'scripted_1_1',
      tool_name: 'shell',
      input: '{broken',
      invalid: 'the arguments are no JSON object',
    },
  ]);
});

test('a delay waits for its time and no longer than the signal', async () => {
  const waits: number[] = [];
  const script = parseScript('- { say: x, delay_ms: 250 }', 'fix.yaml');
  const patient = createScriptedModel(script, {
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  await finishOf(patient, ask('go'));
  expect(waits).toEqual([250]);

  const stop = new AbortController();
  const slow = createScriptedModel(parseScript('- { say: x, delay_ms: 600000 }', 'fix.yaml'));
  const ended = errorOf(slow, ask('go'), stop.signal);
  stop.abort(new Error('enough'));
  expect(await ended).toMatchObject({ kind: 'canceled', retryable: false });
});

test.each([
  ['- say: [1', 'fix.yaml:1:'],
  ['- say: hi\n- sai: ho', 'fix.yaml:2:3: 1.sai: '],
  ['turns:\n  - say: hi\n    call:\n      - tool: 7', 'fix.yaml:4:15: turns.0.call.0.tool: '],
  ['sessions:\n  - session: x\n    turns: []', 'fix.yaml:3:12: sessions.0.turns: '],
  ['- reason: only', 'fix.yaml:1:3: 0: a turn needs say, call or error'],
  [
    '- { say: x, error: { kind: server, message: m } }',
    'fix.yaml:1:3: 0: a turn with error cannot say',
  ],
  ['- error: { kind: sever, message: m }', 'fix.yaml:1:18: 0.error.kind: '],
  ['', 'fix.yaml:1:1: '],
  ['- say: x\n  delay_ms: -1', 'fix.yaml:2:13: 0.delay_ms: '],
])('a mistake is shown with its line and column: %j', (yaml, place) => {
  expect(mistake(yaml)).toContain(place);
});

test('aliases that grow without bound are refused', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]',
    'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
    'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]',
  ];
  expect(mistake(bomb.join('\n'))).toContain('aliases');
});
