/** `GET /api/v1/openapi.json`: the contract, generated from the routes; open to everybody. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { json } from '../responses.js';
import { API, serverUrl } from '../urls.js';

const getOpenApiSpec = createRoute({
  method: 'get',
  path: `${API}/openapi.json`,
  operationId: 'getOpenApiSpec',
  tags: ['Discovery'],
  summary: 'This document',
  security: [],
  responses: { 200: json('OK', z.looseObject({ openapi: z.string() })) },
});

export function addOpenApiRoute(api: Api, deps: ServerDeps): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
  });
  // Registered by hand: the type of the whole document is wider than what a typed handler may answer.
  api.openAPIRegistry.registerPath(getOpenApiSpec);
  api.get(getOpenApiSpec.path, (c) => {
    const document = api.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Fabro API', version: deps.system.version, license: { name: 'MIT' } },
      servers: [{ url: serverUrl(deps.apiUrl, c.req.url) }],
      security: [{ bearer: [] }],
    });
    return c.json(document);
  });
}
