/**
 * Requests over a Unix socket or TCP with nothing of the product in between, so that what is seen is what
 * is on the wire.
 */
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { z } from 'zod';

export interface Wire {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as a schema reads it; throws with the body when it does not fit. */
  as<T>(schema: z.ZodType<T>): T;
}

export interface Ask {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Buffer;
  /** Announces a body of this length and sends none: a refusal has to come before it. */
  readonly announced?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Opens a request and resolves with its answer before the body has come. */
export function open(
  address: string,
  method: string,
  path: string,
  ask: Ask = {},
): Promise<IncomingMessage> {
  const target = address.startsWith('/')
    ? { socketPath: address }
    : { host: new URL(address).hostname, port: new URL(address).port };
  const payload = ask.raw ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body));
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...target,
      method,
      path,
      agent: false,
      headers: {
        ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) }),
        ...(ask.announced === undefined ? {} : { 'content-length': ask.announced }),
        ...ask.headers,
      },
      ...(ask.signal === undefined ? {} : { signal: ask.signal }),
    });
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    if (ask.announced === undefined) outgoing.end(payload);
    else {
      outgoing.once('response', (answer) => answer.once('end', () => outgoing.destroy()));
      outgoing.flushHeaders();
    }
  });
}

export async function send(
  address: string,
  method: string,
  path: string,
  ask: Ask = {},
): Promise<Wire> {
  const answer = await open(address, method, path, ask);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    text,
    as(schema) {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (error) {
        throw new Error(`${method} ${path}: ${answer.statusCode}, no JSON: ${text}`, {
          cause: error,
        });
      }
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`, { cause: parsed.error });
    },
  };
}

const Entry = z.looseObject({ status: z.string(), title: z.string(), detail: z.string() });
/** The body of seed 001; `as(Failure)` fails for any other. */
export const Failure = z
  .object({ errors: z.tuple([Entry]) })
  .transform(({ errors: [entry] }) => entry);
