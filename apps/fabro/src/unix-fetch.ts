/** `fetch` over a Unix socket: the platform's own cannot. */
import { type IncomingMessage, request } from 'node:http';

const BODILESS: readonly number[] = [204, 304];

/**
 * A fetch whose connections go to the socket, whatever host the address names. Takes text and bytes as
 * bodies; streams answers. Aborting cuts the connection at any time. Rejects like `fetch`: a TypeError
 * whose cause says why the server could not be reached.
 */
export function unixFetch(socketPath: string): typeof fetch {
  return async (input, init = {}) => {
    if (typeof input === 'string' || input instanceof URL)
      return exchange(socketPath, new URL(input), {
        method: init.method ?? 'GET',
        headers: new Headers(init.headers),
        body: bodyOf(init.body),
        signal: init.signal ?? undefined,
      });
    const { url, method, headers, signal } = input;
    const body = input.body === null ? undefined : new Uint8Array(await input.arrayBuffer());
    return exchange(socketPath, new URL(url), { method, headers, body, signal });
  };
}

interface Exchange {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array | undefined;
  readonly signal: AbortSignal | undefined;
}

function exchange(socketPath: string, url: URL, options: Exchange): Promise<Response> {
  const { method, headers, body, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const outgoing = request({
      socketPath,
      path: url.pathname + url.search,
      method,
      headers: { host: url.host, ...Object.fromEntries(headers) },
      // A pooled connection can die between two requests; a new one over a socket costs nothing.
      agent: false,
    });
    let answer: IncomingMessage | undefined;
    const onAbort = (): void => {
      answer?.destroy(abortError(signal));
      outgoing.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    outgoing.on('close', () => signal?.removeEventListener('abort', onAbort));
    outgoing.on('error', (cause) => reject(new TypeError('fetch failed', { cause })));
    outgoing.on('response', (incoming) => {
      answer = incoming;
      resolve(responseOf(incoming));
    });
    outgoing.end(body);
  });
}

function bodyOf(body: RequestInit['body']): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new TypeError('a request over a Unix socket takes text or bytes as its body');
}

function responseOf(incoming: IncomingMessage): Response {
  const status = incoming.statusCode ?? 500;
  const headers = new Headers();
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2)
    headers.append(incoming.rawHeaders[i] ?? '', incoming.rawHeaders[i + 1] ?? '');
  const init = { status, statusText: incoming.statusMessage ?? '', headers };
  if (!BODILESS.includes(status)) return new Response(webStream(incoming), init);
  incoming.resume();
  return new Response(null, init);
}

/** Pull based, so that a slow reader slows the server down. */
function webStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<unknown> = incoming[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else if (next.value instanceof Uint8Array) controller.enqueue(next.value);
      },
      cancel() {
        incoming.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

function abortError(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
