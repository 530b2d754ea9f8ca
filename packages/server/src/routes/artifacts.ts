/** Files that the stages of a run left behind. */
import { integerParameter } from '@fabro/http';
import { FabroError, parseStageId } from '@fabro/protocol';
import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { failures, json } from '../responses.js';
import { ArtifactList, RunArtifactList, RunParams } from '../schemas.js';
import { API } from '../urls.js';

const StageParams = RunParams.extend({
  stageId: z.string().meta({ description: '`node@visit`.' }),
});

const listRunArtifacts = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/artifacts`,
  operationId: 'listRunArtifacts',
  tags: ['Run data'],
  summary: 'Artifacts of all stages, in the order of their capture',
  request: { params: RunParams },
  responses: { 200: json('OK', RunArtifactList), ...failures(404) },
});

const listStageArtifacts = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/stages/{stageId}/artifacts`,
  operationId: 'listStageArtifacts',
  tags: ['Run data'],
  summary: 'Artifacts of one stage',
  request: { params: StageParams },
  responses: { 200: json('OK', ArtifactList), ...failures(400, 404) },
});

const getStageArtifact = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/stages/{stageId}/artifacts/download`,
  operationId: 'getStageArtifact',
  tags: ['Run data'],
  summary: 'The bytes of an artifact',
  request: {
    params: StageParams,
    query: z.object({
      filename: z.string().min(1),
      retry: z
        .string()
        .optional()
        .meta({ type: 'integer', description: 'The attempt; the latest when left out.' }),
    }),
  },
  responses: {
    200: {
      description: 'OK',
      content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
    },
    ...failures(400, 404),
  },
});

export function addArtifactRoutes(api: Api, { runs }: ServerDeps): void {
  api.openapi(listRunArtifacts, async (c) =>
    c.json({ data: [...(await runs.artifacts(c.req.valid('param').id))] }, 200),
  );
  api.openapi(listStageArtifacts, async (c) => {
    const { id, stageId } = c.req.valid('param');
    const found = await runs.artifacts(id, checked(stageId));
    const data = found.map(({ relative_path, retry, size }) => ({
      filename: relative_path,
      retry,
      size,
    }));
    return c.json({ data }, 200);
  });
  api.openapi(getStageArtifact, async (c) => {
    const { id, stageId } = c.req.valid('param');
    const query = c.req.valid('query');
    const retry = integerParameter('retry', query.retry, 'an integer from 0');
    const bytes = await runs.artifact(id, {
      stage: checked(stageId),
      path: query.filename,
      ...(retry === undefined ? {} : { retry }),
    });
    // Whatever a stage wrote is data: no browser is to take it for a page.
    return new Response(bytes, {
      headers: { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' },
    });
  });
}

function checked(stageId: string): string {
  if (parseStageId(stageId) !== undefined) return stageId;
  throw new FabroError('invalid_argument', 'Invalid stage ID.');
}
