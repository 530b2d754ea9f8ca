/** Bearer authentication: who asks is decided here, what they may do is decided by the resource. */
import { type Actor, FabroError } from '@fabro/protocol';
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './env.js';

/** The principal of a token; undefined when the token is not accepted. */
export type Authenticate = (token: string) => Actor | undefined | Promise<Actor | undefined>;

/** Accepts one token for one login (the dev token). Throws a RangeError on an empty token. */
export function tokenAuthenticator(token: string, login: string): Authenticate {
  if (token.length === 0) throw new RangeError('the token of the server is empty');
  return (given) => (constantTimeEquals(given, token) ? { kind: 'user', login } : undefined);
}

/** Requires `Authorization: Bearer <token>`; puts the principal into the context as `actor`. */
export function bearerAuth(authenticate: Authenticate): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const token = bearerToken(c.req.header('authorization'));
    const actor = token === undefined ? undefined : await authenticate(token);
    if (actor === undefined) throw new FabroError('unauthenticated', 'Authentication required.');
    c.set('actor', actor);
    await next();
  };
}

/** The token of a header value; undefined for another scheme. The scheme's case does not matter (RFC 9110). */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +([^\s]+) *$/i.exec(header ?? '')?.[1];
}

/** Compares in a time that depends on the given text alone, so that a token cannot be guessed by timing. */
export function constantTimeEquals(given: string, secret: string): boolean {
  const encoder = new TextEncoder();
  const a = encoder.encode(given);
  const b = encoder.encode(secret);
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i % b.length] ?? 0);
  return difference === 0;
}
