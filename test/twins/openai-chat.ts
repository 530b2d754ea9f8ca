/** The chunks of a streamed chat completion. */
import { type TwinReply, argumentsText, pieces, usageOf } from './answers.js';

export function chatFrames(reply: TwinReply, serial: number, model: string): string[] {
  const head = { id: `chatcmpl-${serial}`, object: 'chat.completion.chunk', created: 0, model };
  const delta = (part: object): string =>
    chatFrame({ ...head, choices: [{ index: 0, delta: part, finish_reason: null }] });
  const usage = usageOf(reply);
  return [
    delta({ role: 'assistant', content: '' }),
    ...pieces(reply.reasoning?.text ?? '').map((reasoning_content) => delta({ reasoning_content })),
    ...pieces(reply.text ?? '').map((content) => delta({ content })),
    ...(reply.toolCalls ?? []).flatMap((call, index) => [
      delta({
        tool_calls: [
          {
            index,
            id: call.id ?? `call_${serial}_${index + 1}`,
            type: 'function',
            function: { name: call.name, arguments: '' },
          },
        ],
      }),
      ...pieces(argumentsText(call)).map((text) =>
        delta({ tool_calls: [{ index, function: { arguments: text } }] }),
      ),
    ]),
    chatFrame({ ...head, choices: [{ index: 0, delta: {}, finish_reason: finishReason(reply) }] }),
    chatFrame({
      ...head,
      choices: [],
      usage: {
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        total_tokens: usage.input + usage.output,
        prompt_tokens_details: { cached_tokens: usage.cacheRead },
        completion_tokens_details: { reasoning_tokens: usage.reasoning },
      },
    }),
    'data: [DONE]\n\n',
  ];
}

function finishReason({ stop, toolCalls = [] }: TwinReply): string {
  if (stop === 'length') return 'length';
  if (stop === 'refusal') return 'content_filter';
  return toolCalls.length > 0 ? 'tool_calls' : 'stop';
}

export function chatFrame(chunk: object): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
