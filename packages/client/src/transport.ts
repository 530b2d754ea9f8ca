/** One request to the server: address, token, and failures as FabroError. */
import { FabroError, messageOf } from '@fabro/protocol';
import { errorOf } from './answer.js';

/** The part of `fetch` that the client uses; a Unix socket brings its own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Transport {
  /** Resolves with a successful answer; rejects with the server's error, or as `reach` says when there is no answer. */
  (method: string, path: string, options?: RequestOptions): Promise<Response>;
}

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Undefined values are left out; lists are repeated. */
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly string[] | undefined>
  >;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** @param origin the server's address without `/api/v1` and without a final slash. */
export function createTransport(origin: string, token: string | undefined, send: Fetch): Transport {
  return async (method, path, options = {}) => {
    const url = `${origin}${path}${queryOf(options.query ?? {})}`;
    const response = await reach(origin, options.signal, () =>
      send(url, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      }),
    );
    if (response.ok) return response;
    throw await errorOf(response, `${method} ${path}`);
  };
}

/** Turns a failed connection into `unavailable`, a port that no client may use into `invalid_argument`; an abort keeps its reason. */
export async function reach<T>(
  origin: string,
  signal: AbortSignal | undefined,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (signal?.aborted === true) throw signal.reason;
    const reason = reasonOf(cause);
    // The Fetch standard blocks ports of other services; the server behind one may be up all the same.
    if (reason === 'bad port')
      throw new FabroError(
        'invalid_argument',
        `${origin}: this port cannot be used by the client, since \`fetch\` blocks it. Let the server listen on another port.`,
        { cause },
      );
    throw new FabroError(
      'unavailable',
      `Cannot reach the server at ${origin}: ${reason}. Is it running?`,
      { cause },
    );
  }
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return messageOf(cause ?? error);
}

function queryOf(query: NonNullable<RequestOptions['query']>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of typeof value === 'object' ? value : [value])
      parameters.append(name, String(item));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}
