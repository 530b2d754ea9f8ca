/** `GET /runs/{id}/diff`: what a run, or one of its stages, changed. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { failures, json } from '../responses.js';
import { RunDiff, RunParams } from '../schemas.js';
import { API } from '../urls.js';

const retrieveRunDiff = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/diff`,
  operationId: 'retrieveRunDiff',
  tags: ['Run data'],
  summary: 'The patch of a run, or of one of its stages',
  request: {
    params: RunParams,
    query: z.object({
      node: z.string().optional().meta({ description: 'Latest stage of this node.' }),
      stage: z.string().optional().meta({ description: 'This very stage, `node@visit`.' }),
    }),
  },
  responses: { 200: json('OK', RunDiff), ...failures(400, 404, 409) },
});

export function addDiffRoute(api: Api, { runs }: ServerDeps): void {
  api.openapi(retrieveRunDiff, async (c) => {
    const { node, stage } = c.req.valid('query');
    const wish = {
      ...(node === undefined ? {} : { node }),
      ...(stage === undefined ? {} : { stage }),
    };
    return c.json(await runs.diff(c.req.valid('param').id, wish, c.req.raw.signal), 200);
  });
}
