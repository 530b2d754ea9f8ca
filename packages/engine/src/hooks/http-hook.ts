/** The HTTP transport: the context is posted, the answer decides, and what fails lets the run go on (§9.1). */
import { messageOf, type Clock, type HookContext } from '@fabro/protocol';
import { resolveEnvTemplates, type Env } from '@fabro/settings';
import { MAX_DECISION_BYTES } from '../limits.js';
import { contextJson } from './context.js';
import { readDecision } from './decision.js';
import type { Hook, HookTransport } from './hook.js';
import { blockBecause, PROCEED, proceedDespite, type HookReply } from './result.js';
import { withinTime } from './within-time.js';

export interface HookPost {
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Redirects are answers like others: the context goes to the address that was written, and nowhere else. */
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
  /** False: any certificate will do. */
  readonly verifyTls: boolean;
}

export interface HookAnswer {
  readonly status: number;
  /** Leaving the iteration ends the transfer. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** `fetch`, as far as hooks use it, with a word about certificates. */
export type HookFetch = (url: string, post: HookPost) => Promise<HookAnswer>;

export interface HttpPorts {
  readonly clock: Clock;
  readonly fetch: HookFetch;
  /** The variables that the run may name; of them a hook gets those in its `allowed_env_vars`. */
  readonly env: Env;
}

export interface HttpCall {
  readonly hook: Hook;
  readonly transport: Extract<HookTransport, { kind: 'http' }>;
  readonly context: HookContext;
}

/** Posts the context. Rejects only with the signal's reason. */
export async function askHttp(
  ports: HttpPorts,
  { hook, transport, context }: HttpCall,
  signal: AbortSignal,
): Promise<HookReply> {
  const wrong = wrongScheme(hook.name, transport);
  if (wrong !== undefined) return blockBecause(wrong);
  const where = `hook "${hook.name}" at ${placeOf(transport.url)}`;
  let headers: Readonly<Record<string, string>>;
  try {
    headers = headersOf(transport, ports.env, hook.name);
  } catch (error) {
    return proceedDespite(
      `${messageOf(error)} A hook may name only what its allowed_env_vars lists (${transport.allowedEnvVars.join(', ') || 'nothing'}). It was not asked.`,
    );
  }
  const post = { method: 'POST', headers, body: contextJson(context), redirect: 'manual' } as const;
  const verifyTls = transport.tls !== 'no_verify';
  const asked = await withinTime(ports.clock, hook.timeoutMs, signal, async (within) => {
    try {
      const answer = await ports.fetch(transport.url, { ...post, signal: within, verifyTls });
      return await replyOf(where, answer);
    } catch (error) {
      within.throwIfAborted();
      return proceedDespite(`${where} cannot be asked: ${reasonOf(error)}.`);
    }
  });
  return asked === 'timed_out'
    ? proceedDespite(
        `${where} had not answered after ${hook.timeoutMs} ms. Raise its timeout in [[run.hooks]], or mend the service.`,
      )
    : asked;
}

/** Why the address does not go with `tls`; undefined when it does. */
function wrongScheme(name: string, { url, tls }: HttpCall['transport']): string | undefined {
  const scheme = URL.canParse(url) ? new URL(url).protocol : '';
  const allowed = tls === 'off' ? ['https:', 'http:'] : ['https:'];
  if (allowed.includes(scheme)) return undefined;
  const remedy =
    scheme === 'http:'
      ? 'Use https, or set tls = "off" for a plain connection.'
      : `Write an address that begins with ${allowed.map((each) => `${each}//`).join(' or ')}.`;
  return `hook "${name}": url ${JSON.stringify(placeOf(url))} does not go with tls = "${tls}". ${remedy}`;
}

/** The address without what may be secret in it. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function headersOf(
  { headers, allowedEnvVars }: HttpCall['transport'],
  env: Env,
  name: string,
): Readonly<Record<string, string>> {
  const allowed = new Set(allowedEnvVars);
  const named = Object.fromEntries(Object.entries(env).filter(([key]) => allowed.has(key)));
  return {
    'content-type': 'application/json',
    ...Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [
        key.toLowerCase(),
        resolveEnvTemplates(value, named, `hook "${name}": header ${key}`),
      ]),
    ),
  };
}

async function replyOf(where: string, { status, body }: HookAnswer): Promise<HookReply> {
  const { text, whole } = await readText(body);
  const output = text.trim() === '' ? {} : { output: text };
  const despite = (what: string) => ({ ...proceedDespite(`${where} ${what}.`), ...output });
  if (status >= 300 && status < 400)
    return despite(`answered ${status}; redirects are not followed, so write the final address`);
  if (status < 200 || status > 299) return despite(`answered ${status}; expected 2xx`);
  if (!whole) return despite(`answered more than ${MAX_DECISION_BYTES} bytes`);
  const read = readDecision(text);
  switch (read.kind) {
    case 'decided':
      return { decision: read.decision, ...output };
    case 'silent':
      return { decision: PROCEED };
    case 'garbage':
      return despite(`answered with ${read.why}`);
    default:
      return read satisfies never;
  }
}

async function readText(
  body: HookAnswer['body'],
): Promise<{ readonly text: string; readonly whole: boolean }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_DECISION_BYTES) return { text: '', whole: false };
    chunks.push(chunk);
  }
  return { text: textOf(chunks), whole: true };
}

const textOf = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString('utf8');

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return messageOf(cause ?? error);
}
