/** `GET /` and `GET /health`: open to everybody (decision 15). */
import { createRoute } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { json } from '../responses.js';
import { Discovery, Health } from '../schemas.js';
import { API, serverUrl } from '../urls.js';

const getRoot = createRoute({
  method: 'get',
  path: '/',
  operationId: 'getRoot',
  tags: ['Discovery'],
  summary: 'Where to go from here',
  security: [],
  responses: { 200: json('OK', Discovery) },
});

const getHealth = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'getHealth',
  tags: ['Discovery'],
  summary: 'Liveness',
  security: [],
  responses: { 200: json('OK', Health) },
});

export function addDiscoveryRoutes(api: Api, deps: ServerDeps): void {
  api.openapi(getRoot, (c) => {
    const url = serverUrl(deps.apiUrl, c.req.url);
    return c.json(
      {
        urls: {
          openapi_url: `${url}${API}/openapi.json`,
          current_user_url: `${url}${API}/user`,
          health_url: `${url}/health`,
        },
      },
      200,
    );
  });
  api.openapi(getHealth, (c) =>
    c.json({ status: 'ok' as const, version: deps.system.version }, 200),
  );
}
