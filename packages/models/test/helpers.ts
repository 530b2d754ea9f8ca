/** What the tests of the real clients share. */
import { Message } from '@fabro/protocol';
import { z } from 'zod';
import { createAiSdkModels } from '../src/ai-sdk/index.js';
import type { Model, ModelEvent, ModelRequest } from '../src/index.js';
import type { Twin } from '../../../test/twins/index.js';

export const KEY = 'sk-test-0123456789abcdef';

export const READ_FILE = {
  name: 'read_file',
  description: 'Reads a file.',
  input_schema: {
    type: 'object',
    properties: { file_path: { type: 'string' } },
    required: ['file_path'],
  },
};

export type Wire = 'anthropic' | 'openai' | 'openai_compatible';

/** The model of a twin, through the real client. */
export function modelAt(twin: Twin, wire: Wire): Model {
  switch (wire) {
    case 'anthropic':
      return resolve({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: twin.url });
    case 'openai':
      return resolve({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${twin.url}/v1/` });
    case 'openai_compatible':
      return resolve({
        OPENAI_COMPATIBLE_API_KEY: KEY,
        OPENAI_COMPATIBLE_BASE_URL: `${twin.url}/v1`,
        OPENAI_COMPATIBLE_MODEL: 'local',
      });
    default:
      return wire satisfies never;
  }
}

function resolve(env: Record<string, string>): Model {
  return createAiSdkModels({ env, fetch: globalThis.fetch }).resolve({});
}

export function ask(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    system: 'You repair code.',
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    tools: [READ_FILE],
    ...more,
  };
}

/** Every event of a call; ends when the call does. */
export async function eventsOf(
  model: Model,
  request: ModelRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream(request, { signal })) events.push(event);
  return events;
}

export async function finishOf(model: Model, request: ModelRequest) {
  const last = (await eventsOf(model, request)).at(-1);
  if (last?.type !== 'finish') throw new Error(`no finish: ${JSON.stringify(last)}`);
  return last;
}

export async function errorOf(model: Model, request: ModelRequest, signal?: AbortSignal) {
  const last = (await eventsOf(model, request, signal)).at(-1);
  if (last?.type !== 'error') throw new Error(`no error: ${JSON.stringify(last)}`);
  return last.error;
}

export function deltas(
  events: readonly ModelEvent[],
  type: 'text_delta' | 'reasoning_delta',
): string {
  return events.map((event) => (event.type === type ? event.delta : '')).join('');
}

/** The conversation as a journal gives it back. */
export function stored(messages: readonly Message[]): Message[] {
  return z.array(Message).parse(JSON.parse(JSON.stringify(messages)));
}

export function bodyOf(twin: Twin, index: number): unknown {
  return JSON.parse(twin.requests[index]?.body.toString('utf8') ?? 'null');
}
