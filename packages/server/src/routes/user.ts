/** `GET /api/v1/user`: who the credential belongs to (decision 15). */
import { createRoute } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import { failures, json } from '../responses.js';
import { User } from '../schemas.js';
import { API } from '../urls.js';

const getUser = createRoute({
  method: 'get',
  path: `${API}/user`,
  operationId: 'getUser',
  tags: ['Discovery'],
  summary: 'The current login',
  responses: { 200: json('OK', User), ...failures() },
});

export function addUserRoute(api: Api): void {
  api.openapi(getUser, (c) => {
    const actor = c.get('actor');
    return c.json({ login: actor.kind === 'user' ? actor.login : actor.kind }, 200);
  });
}
