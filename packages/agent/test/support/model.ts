/** A model that plays answers by turn and keeps every request it got. */
import type { Model, ModelError, ModelEvent, ModelRequest } from '@fabro/models';
import type { AssistantMessage, JsonValue, Usage } from '@fabro/protocol';
import { Life } from './crash.js';

export type Play = (turn: number, request: ModelRequest) => readonly ModelEvent[];

export interface Provider {
  readonly play: Play;
  /** Requests as they would go over the wire. */
  readonly requests: string[];
}

export function provider(play: Play): Provider {
  return { play, requests: [] };
}

/** The turn that a request asks for, from 1. */
function turnOf(request: Pick<ModelRequest, 'messages'>): number {
  return request.messages.filter((message) => message.role === 'assistant').length + 1;
}

export function modelOf(source: Provider, life: Life = new Life()): Model {
  return {
    provider: 'fake',
    id: 'fake-1',
    scripted: true,
    contextWindow: 200_000,
    async *stream(request) {
      const events = await life.step('model', () => {
        source.requests.push(JSON.stringify(request));
        return source.play(turnOf(request), request);
      });
      yield* events;
    },
  };
}

export const USAGE: Usage = {
  input_tokens: 100,
  output_tokens: 10,
  reasoning_tokens: 1,
  cache_read_tokens: 5,
  cache_write_tokens: 2,
  total_usd_micros: 7,
};

export function call(
  id: string,
  tool: string,
  input: JsonValue,
): AssistantMessage['content'][number] {
  return { type: 'tool_call', tool_call_id: id, tool_name: tool, input };
}

export function says(
  text: string,
  ...calls: readonly AssistantMessage['content'][number][]
): readonly ModelEvent[] {
  return [
    { type: 'text_delta', delta: text },
    {
      type: 'finish',
      message: { role: 'assistant', content: [{ type: 'text', text }, ...calls] },
      usage: USAGE,
      finishReason: calls.length === 0 ? 'stop' : 'tool_calls',
    },
  ];
}

export function fails(
  error: Partial<ModelError> & Pick<ModelError, 'kind' | 'retryable'>,
): readonly ModelEvent[] {
  return [{ type: 'error', error: { message: `fake: ${error.kind}`, ...error } }];
}
