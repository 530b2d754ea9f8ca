/** `GET /runs/{id}/blobs/{blobId}`: large values that a run's events name. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { failures } from '../responses.js';
import { RunParams } from '../schemas.js';
import { API } from '../urls.js';

const readRunBlob = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/blobs/{blobId}`,
  operationId: 'readRunBlob',
  tags: ['Run data'],
  summary: 'The bytes of a blob',
  request: {
    params: RunParams.extend({
      blobId: z.string().meta({ description: 'SHA-256 of the bytes in hexadecimal digits.' }),
    }),
  },
  responses: {
    200: {
      description: 'OK',
      content: {
        'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) },
      },
    },
    ...failures(400, 404),
  },
});

export function addBlobRoutes(api: Api, { runs }: ServerDeps): void {
  api.openapi(readRunBlob, async (c) => {
    const { id, blobId } = c.req.valid('param');
    const bytes = await runs.blob(id, blobId);
    return new Response(bytes, { headers: { 'content-type': 'application/octet-stream' } });
  });
}
