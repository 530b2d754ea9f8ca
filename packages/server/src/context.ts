/** What routes take out of a request's context. */
import type { HttpEnv } from '@fabro/http';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Caller } from '@fabro/runs';
import type { Context } from 'hono';

/** The application that routes are added to. */
export type Api = OpenAPIHono<HttpEnv>;

/** Who asks, over which way in; an in-process request counts as TCP, the less trusted one. */
export function callerOf(c: Context<HttpEnv>): Caller {
  // `app.request()` without an environment leaves it undefined, whatever its type says.
  const env: HttpEnv['Bindings'] | undefined = c.env;
  return { actor: c.get('actor'), transport: env?.transport ?? 'tcp' };
}
