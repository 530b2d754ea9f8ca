/** Retros: of one run, and of all. */
import { parsePage } from '@fabro/http';
import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { failures, json } from '../responses.js';
import { PageQuery, Retro, RetroPage, RunParams, Smoothness } from '../schemas.js';
import { API } from '../urls.js';

const retrieveRetro = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/retro`,
  operationId: 'retrieveRetro',
  tags: ['Run data'],
  summary: 'The retro of a run, or null while it has none',
  request: { params: RunParams },
  responses: { 200: json('OK', Retro.nullable()), ...failures(404) },
});

const listRetros = createRoute({
  method: 'get',
  path: `${API}/retros`,
  operationId: 'listRetros',
  tags: ['Run data'],
  summary: 'Retros of all runs, newest first',
  request: {
    query: PageQuery.extend({
      workflow: z.string().optional().meta({ description: 'Name or slug of a workflow.' }),
      smoothness: Smoothness.optional(),
    }),
  },
  responses: { 200: json('OK', RetroPage), ...failures(400) },
});

export function addRetroRoutes(api: Api, { runs }: ServerDeps): void {
  api.openapi(retrieveRetro, async (c) =>
    c.json((await runs.retro(c.req.valid('param').id)) ?? null, 200),
  );
  api.openapi(listRetros, async (c) => {
    const { workflow, smoothness, ...query } = c.req.valid('query');
    const page = await runs.retros(parsePage(query['page[limit]'], query['page[offset]']), {
      ...(workflow === undefined ? {} : { workflow }),
      ...(smoothness === undefined ? {} : { smoothness }),
    });
    return c.json({ data: [...page.data], meta: { has_more: page.hasMore } }, 200);
  });
}
