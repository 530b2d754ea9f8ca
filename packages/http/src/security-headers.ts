/** Headers that keep a browser from guessing types, framing, caching or leaking addresses of answers. */
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './env.js';

const HEADERS = [
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
] as const;

/** One year, the shortest time that preload lists accept. */
const STRICT_TRANSPORT = 'max-age=31536000; includeSubDomains';

/** Sets the headers on every answer; one that a route has set itself stays. HSTS only behind HTTPS. */
export function securityHeaders(): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    for (const [name, value] of HEADERS) if (!headers.has(name)) headers.set(name, value);
    if (c.req.header('x-forwarded-proto') === 'https')
      headers.set('strict-transport-security', STRICT_TRANSPORT);
  };
}
