/** The events of a streamed response of OpenAI's responses API. */
import { type TwinReply, argumentsText, pieces, usageOf } from './answers.js';

type Event = readonly [type: string, data: object];

export function responseFrames(reply: TwinReply, serial: number, model: string): string[] {
  const head = { id: `resp_${serial}`, object: 'response', created_at: 0, model, output: [] };
  const items = [
    ...reasoningItem(reply, serial),
    ...textItem(reply, serial),
    ...callItems(reply, serial),
  ];
  const cut = reply.stop === 'length' || reply.stop === 'refusal';
  const events: Event[] = [
    ['response.created', { response: { ...head, status: 'in_progress' } }],
    ['response.in_progress', { response: { ...head, status: 'in_progress' } }],
    ...items.flatMap((item, output_index) =>
      item.map(([type, data]): Event => [type, { output_index, ...data }]),
    ),
    [
      cut ? 'response.incomplete' : 'response.completed',
      {
        response: {
          ...head,
          status: cut ? 'incomplete' : 'completed',
          incomplete_details: cut
            ? { reason: reply.stop === 'length' ? 'max_output_tokens' : 'content_filter' }
            : null,
          usage: usage(reply),
        },
      },
    ],
  ];
  return events.map(([type, data], sequence_number) =>
    responseFrame(type, { sequence_number, ...data }),
  );
}

function reasoningItem({ reasoning }: TwinReply, serial: number): Event[][] {
  if (reasoning === undefined) return [];
  const id = `rs_${serial}`;
  const item = { id, type: 'reasoning', summary: [] };
  const part = { item_id: id, summary_index: 0 };
  return [
    [
      ['response.output_item.added', { item }],
      [
        'response.reasoning_summary_part.added',
        { ...part, part: { type: 'summary_text', text: '' } },
      ],
      ...pieces(reasoning.text).map((delta): Event => [
        'response.reasoning_summary_text.delta',
        { ...part, delta },
      ]),
      [
        'response.reasoning_summary_part.done',
        { ...part, part: { type: 'summary_text', text: reasoning.text } },
      ],
      [
        'response.output_item.done',
        {
          item: {
            ...item,
            summary: [{ type: 'summary_text', text: reasoning.text }],
            encrypted_content: reasoning.signature,
          },
        },
      ],
    ],
  ];
}

function textItem({ text }: TwinReply, serial: number): Event[][] {
  if (text === undefined) return [];
  const id = `msg_${serial}`;
  const item = { id, type: 'message', role: 'assistant', content: [], status: 'in_progress' };
  const place = { item_id: id, content_index: 0 };
  const part = { type: 'output_text', text, annotations: [] };
  return [
    [
      ['response.output_item.added', { item }],
      ['response.content_part.added', { ...place, part: { ...part, text: '' } }],
      ...pieces(text).map((delta): Event => ['response.output_text.delta', { ...place, delta }]),
      ['response.output_text.done', { ...place, text }],
      ['response.content_part.done', { ...place, part }],
      ['response.output_item.done', { item: { ...item, content: [part], status: 'completed' } }],
    ],
  ];
}

function callItems({ toolCalls = [] }: TwinReply, serial: number): Event[][] {
  return toolCalls.map((call, index) => {
    const id = `fc_${serial}_${index + 1}`;
    const text = argumentsText(call);
    const item = {
      id,
      type: 'function_call',
      call_id: call.id ?? `call_${serial}_${index + 1}`,
      name: call.name,
      arguments: '',
      status: 'in_progress',
    };
    return [
      ['response.output_item.added', { item }],
      ...pieces(text).map((delta): Event => [
        'response.function_call_arguments.delta',
        { item_id: id, delta },
      ]),
      ['response.function_call_arguments.done', { item_id: id, arguments: text }],
      ['response.output_item.done', { item: { ...item, arguments: text, status: 'completed' } }],
    ];
  });
}

function usage(reply: TwinReply): object {
  const { input, output, cacheRead, reasoning } = usageOf(reply);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

export function responseFrame(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
