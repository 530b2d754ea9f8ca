/** A request id on every answer: the client's when it is well-formed, else a fresh one. */
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './env.js';
import { MAX_REQUEST_ID_LENGTH } from './limits.js';

const HEADER = 'x-request-id';
const WELL_FORMED = new RegExp(`^[A-Za-z0-9._-]{1,${MAX_REQUEST_ID_LENGTH}}$`);

/** @param fresh makes an id (a UUID in production). */
export function requestIds(fresh: () => string): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const given = c.req.header(HEADER);
    const id = given !== undefined && WELL_FORMED.test(given) ? given : fresh();
    c.set('requestId', id);
    await next();
    c.res.headers.set(HEADER, id);
  };
}
