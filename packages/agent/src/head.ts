/** The first call of a session: what every one of its requests carries is built once and stored. */
import {
  AgentSessionHead,
  type CallKey,
  EVENT_PROPERTIES,
  FabroError,
  callKey,
  parseJson,
} from '@fabro/protocol';
import type { AgentPorts, AgentRequest } from './port.js';
import { type ToolProfile, toolSpecs } from './profile.js';
import { systemPrompt } from './system-prompt.js';

export interface SessionHead extends AgentSessionHead {
  /** The first user message. */
  readonly input: string;
}

interface HeadBlobs {
  readonly head: string;
  readonly input: string;
}

/** Our own blob, so the limits only stop a damaged one. */
const HEAD_JSON_LIMITS = { maxLength: 16 * 1024 * 1024, maxDepth: 64 };

/** Records the head, or reads the recorded one: date, branch and platform may have changed since. */
export async function openHead(
  request: AgentRequest,
  ports: AgentPorts,
  profile: ToolProfile,
): Promise<SessionHead> {
  const { calls, model } = ports;
  const key = callKey(request.key, 'head');
  const blobs = await calls.call<HeadBlobs>(
    {
      key,
      started: { ...request.scope, event: 'call.started', properties: { kind: 'agent.head' } },
      ended: (value) => ({
        ...request.scope,
        event: 'agent.session.started',
        properties: {
          visit: request.visit,
          provider: model.provider,
          model: model.id,
          scripted: model.scripted,
          head_blob: value.head,
          input_blob: value.input,
          ...(request.thread === undefined ? {} : { thread_id: request.thread.id }),
        },
      }),
      decode(ended) {
        const recorded = EVENT_PROPERTIES['agent.session.started'].parse(ended.properties);
        return { head: recorded.head_blob, input: recorded.input_blob };
      },
      inDoubt: { rule: 'repeat' },
    },
    async () => {
      const head: AgentSessionHead = {
        system:
          request.plain?.system ??
          systemPrompt({
            environment: await ports.environment(),
            workdir: ports.sandbox.workdir,
            modelId: model.id,
          }),
        tools: toolSpecs(profile),
      };
      return {
        head: await calls.blob(new TextEncoder().encode(JSON.stringify(head))),
        input: await calls.blob(new TextEncoder().encode(request.prompt)),
      };
    },
  );
  const head = parseHead(key, await textOf(ports, blobs.head));
  return { ...head, input: await textOf(ports, blobs.input) };
}

async function textOf(ports: AgentPorts, hash: string): Promise<string> {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await ports.calls.readBlob(hash));
}

function parseHead(key: CallKey, text: string): AgentSessionHead {
  const json = parseJson(text, HEAD_JSON_LIMITS);
  const head = json.ok ? AgentSessionHead.safeParse(json.value) : undefined;
  if (head?.success) return head.data;
  throw new FabroError(
    'storage_corrupt',
    `session head of call "${key}": the stored blob is no session head; the run cannot go on from here, start it anew`,
    { cause: json.ok ? head?.error : new Error(json.message) },
  );
}
