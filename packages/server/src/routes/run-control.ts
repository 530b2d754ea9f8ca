/** What a caller can tell a run to do: start, cancel, pause, unpause. */
import { jsonBody } from '@fabro/http';
import { createRoute } from '@hono/zod-openapi';
import { type Api, callerOf } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { BODY_FAILURES, failures, json } from '../responses.js';
import { RunParams, RunStatusResponse, StartBody } from '../schemas.js';
import { API } from '../urls.js';

const startRun = createRoute({
  method: 'post',
  path: `${API}/runs/{id}/start`,
  operationId: 'startRun',
  tags: ['Run control'],
  summary: 'Queue a submitted run, or resume an ended one',
  middleware: [jsonBody({ optional: true })],
  request: {
    params: RunParams,
    body: { required: false, content: { 'application/json': { schema: StartBody } } },
  },
  responses: {
    200: json('OK', RunStatusResponse),
    ...failures(...BODY_FAILURES, 403, 404, 409),
  },
});

const control = <Operation extends string, Path extends string>(
  operationId: Operation,
  path: Path,
  summary: string,
) =>
  createRoute({
    method: 'post',
    path,
    operationId,
    tags: ['Run control'],
    summary,
    request: { params: RunParams },
    responses: { 200: json('OK', RunStatusResponse), ...failures(403, 404, 409) },
  });

const cancelRun = control('cancelRun', `${API}/runs/{id}/cancel`, 'Ask a run to stop; repeatable');
const pauseRun = control('pauseRun', `${API}/runs/{id}/pause`, 'Ask a running run to pause');
const unpauseRun = control('unpauseRun', `${API}/runs/{id}/unpause`, 'Let a paused run go on');

export function addRunControlRoutes(api: Api, { runs }: ServerDeps): void {
  api.openapi(startRun, async (c) => {
    const resume = c.req.valid('json').resume ?? false;
    return c.json(await runs.start(c.req.valid('param').id, { resume }, callerOf(c)), 200);
  });
  api.openapi(cancelRun, async (c) =>
    c.json(await runs.cancel(c.req.valid('param').id, callerOf(c)), 200),
  );
  api.openapi(pauseRun, async (c) =>
    c.json(await runs.pause(c.req.valid('param').id, callerOf(c)), 200),
  );
  api.openapi(unpauseRun, async (c) =>
    c.json(await runs.unpause(c.req.valid('param').id, callerOf(c)), 200),
  );
}
