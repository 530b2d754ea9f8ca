/** The conversation that a stage under full fidelity goes on (engine reference §5.2). */
import type { AgentThread } from '@fabro/agent';
import { FabroError, Message, parseJson } from '@fabro/protocol';
import { z } from 'zod';
import type { StagePorts } from './handler.js';
import { MAX_THREAD_BYTES, MAX_THREAD_DEPTH } from './limits.js';
import type { Frame } from './state.js';

const Part = z.object({ messages: z.array(Message), read: z.array(z.string()) });

/** Reads what the sessions of the thread have said. Throws FabroError `storage_corrupt`, or `limit_exceeded`. */
export async function openThread(
  id: string,
  frame: Frame,
  speaker: { readonly provider: string; readonly model: string },
  calls: Pick<StagePorts['calls'], 'readBlob'>,
): Promise<AgentThread> {
  const messages: Message[] = [];
  const read = new Set<string>();
  for (const part of frame.threads.get(id) ?? []) {
    const said = parsePart(id, await calls.readBlob(part.blob));
    const own = part.provider === speaker.provider && part.model === speaker.model;
    messages.push(...(own ? said.messages : said.messages.map(withoutThoughts)));
    for (const place of said.read) read.add(place);
  }
  return { id, messages, read: [...read] };
}

function parsePart(thread: string, bytes: Uint8Array): z.infer<typeof Part> {
  const json = parseJson(new TextDecoder().decode(bytes), {
    maxLength: MAX_THREAD_BYTES,
    maxDepth: MAX_THREAD_DEPTH,
  });
  const parsed = json.ok ? Part.safeParse(json.value) : undefined;
  if (parsed?.success === true) return parsed.data;
  throw new FabroError(
    'storage_corrupt',
    `thread "${thread}": what a session of it has said cannot be read; use another fidelity than full to go on`,
    { cause: json.ok ? parsed?.error : new Error(json.message) },
  );
}

/** Signed or encrypted thoughts are of use only to the model that had them. */
function withoutThoughts(message: Message): Message {
  if (message.role !== 'assistant') return message;
  return {
    role: 'assistant',
    content: message.content
      .filter((part) => part.type !== 'reasoning')
      .map(({ provider_options: _options, ...part }) => part),
  };
}
