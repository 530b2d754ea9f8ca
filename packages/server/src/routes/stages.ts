/** `GET /runs/{id}/stages` and `/state`: what a run has done so far. */
import { parsePage } from '@fabro/http';
import { createRoute } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { failures, json } from '../responses.js';
import { PageQuery, RunParams, RunProjection, StagePage } from '../schemas.js';
import { API } from '../urls.js';

const listRunStages = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/stages`,
  operationId: 'listRunStages',
  tags: ['Run data'],
  summary: 'Visits of nodes, in the order they began',
  request: { params: RunParams, query: PageQuery },
  responses: { 200: json('OK', StagePage), ...failures(400, 404) },
});

const getRunState = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/state`,
  operationId: 'getRunState',
  tags: ['Run data'],
  summary: 'The full projection of a run',
  request: { params: RunParams },
  responses: { 200: json('OK', RunProjection), ...failures(404) },
});

export function addStageRoutes(api: Api, { runs }: ServerDeps): void {
  api.openapi(listRunStages, async (c) => {
    const query = c.req.valid('query');
    const range = parsePage(query['page[limit]'], query['page[offset]']);
    const page = await runs.stages(c.req.valid('param').id, range);
    return c.json({ data: [...page.data], meta: { has_more: page.hasMore } }, 200);
  });
  api.openapi(getRunState, async (c) => {
    const state: { [key: string]: unknown } = await runs.state(c.req.valid('param').id);
    return c.json(state, 200);
  });
}
