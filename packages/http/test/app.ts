/** A Hono app with the kit around one route, and what it logged. */
import { Hono } from 'hono';
import { failureResponse, type HttpEnv, requestIds, securityHeaders } from '../src/index.js';

export interface TestApp {
  readonly app: Hono<HttpEnv>;
  readonly logged: {
    readonly fields: Readonly<Record<string, unknown>>;
    readonly message: string;
  }[];
}

export function testApp(): TestApp {
  const logged: TestApp['logged'] = [];
  const app = new Hono<HttpEnv>();
  app.use(
    securityHeaders(),
    requestIds(() => 'fresh-id'),
  );
  app.onError((error, c) =>
    failureResponse(error, c.get('requestId'), {
      error: (fields, message) => logged.push({ fields, message }),
    }),
  );
  return { app, logged };
}
