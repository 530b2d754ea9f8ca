/** Anthropic's messages API as far as clients of a streaming conversation see it. */
import { type TwinReply, type TwinScript, argumentsText, pieces, usageOf } from './answers.js';
import { type Twin, startHttpTwin } from './http-twin.js';

/** Answers `POST /v1/messages`. */
export function startAnthropicTwin(script: TwinScript): Promise<Twin> {
  return startHttpTwin(script, {
    frames: (path) => (path === '/v1/messages' ? messageFrames : undefined),
    errorFrame: (_path, error) => frame({ type: 'error', error }),
    errorBody: (error) => ({ type: 'error', error }),
  });
}

type Block = readonly [start: object, deltas: readonly object[]];

function messageFrames(reply: TwinReply, serial: number, model: string): string[] {
  const usage = usageOf(reply);
  const input = {
    input_tokens: usage.input - usage.cacheRead - usage.cacheWrite,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
  };
  const message = {
    id: `msg_${serial}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...input, output_tokens: 1 },
  };
  return [
    frame({ type: 'message_start', message }),
    frame({ type: 'ping' }),
    ...blocksOf(reply, serial).flatMap(([content_block, deltas], index) => [
      frame({ type: 'content_block_start', index, content_block }),
      ...deltas.map((delta) => frame({ type: 'content_block_delta', index, delta })),
      frame({ type: 'content_block_stop', index }),
    ]),
    frame({
      type: 'message_delta',
      delta: { stop_reason: stopReason(reply), stop_sequence: null },
      usage: {
        output_tokens: usage.output,
        output_tokens_details: { thinking_tokens: usage.reasoning },
      },
    }),
    frame({ type: 'message_stop' }),
  ];
}

function blocksOf({ reasoning, text, toolCalls = [] }: TwinReply, serial: number): Block[] {
  const blocks: Block[] = [];
  if (reasoning !== undefined)
    blocks.push([
      { type: 'thinking', thinking: '', signature: '' },
      [
        ...pieces(reasoning.text).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: reasoning.signature },
      ],
    ]);
  if (text !== undefined)
    blocks.push([
      { type: 'text', text: '' },
      pieces(text).map((piece) => ({ type: 'text_delta', text: piece })),
    ]);
  toolCalls.forEach((call, index) =>
    blocks.push([
      {
        type: 'tool_use',
        id: call.id ?? `toolu_${serial}_${index + 1}`,
        name: call.name,
        input: {},
      },
      pieces(argumentsText(call)).map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      })),
    ]),
  );
  return blocks;
}

function stopReason({ stop, toolCalls = [] }: TwinReply): string {
  if (stop === 'length') return 'max_tokens';
  if (stop === 'refusal') return 'refusal';
  return toolCalls.length > 0 ? 'tool_use' : 'end_turn';
}

function frame(event: { readonly type: string } & Readonly<Record<string, unknown>>): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
