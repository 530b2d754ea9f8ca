/** A run's past and what is made of it: timeline, fork, rewind, archive, unarchive. */
import { jsonBody } from '@fabro/http';
import { createRoute, type z } from '@hono/zod-openapi';
import { type Api, callerOf } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { BODY_FAILURES, failures, json } from '../responses.js';
import {
  ForkBody,
  ForkResult,
  RewindResult,
  RunParams,
  RunStatusResponse,
  Timeline,
} from '../schemas.js';
import { API } from '../urls.js';

const getRunTimeline = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/timeline`,
  operationId: 'getRunTimeline',
  tags: ['Run history'],
  summary: 'Checkpoints of a run, oldest first: what it can be forked at and rewound to',
  request: { params: RunParams },
  responses: { 200: json('OK', Timeline), ...failures(404) },
});

const targeted = {
  params: RunParams,
  body: { required: false, content: { 'application/json': { schema: ForkBody } } },
};

const forkRun = createRoute({
  method: 'post',
  path: `${API}/runs/{id}/fork`,
  operationId: 'forkRun',
  tags: ['Run history'],
  summary: 'Make a new run that stands at a checkpoint of this one; it waits for its start',
  middleware: [jsonBody({ optional: true })],
  request: targeted,
  responses: { 200: json('OK', ForkResult), ...failures(...BODY_FAILURES, 403, 404, 409) },
});

const rewindRun = createRoute({
  method: 'post',
  path: `${API}/runs/{id}/rewind`,
  operationId: 'rewindRun',
  tags: ['Run history'],
  summary: 'Fork an ended run and archive it',
  middleware: [jsonBody({ optional: true })],
  request: targeted,
  responses: {
    200: json('OK', RewindResult),
    207: json('The new run is there, but the source could not be archived', RewindResult),
    ...failures(...BODY_FAILURES, 403, 404, 409),
  },
});

const archiveRun = createRoute({
  method: 'post',
  path: `${API}/runs/{id}/archive`,
  operationId: 'archiveRun',
  tags: ['Run history'],
  summary: 'Hide an ended run from lists and keep it from changing; repeatable',
  request: { params: RunParams },
  responses: { 200: json('OK', RunStatusResponse), ...failures(403, 404, 409) },
});

const unarchiveRun = createRoute({
  method: 'post',
  path: `${API}/runs/{id}/unarchive`,
  operationId: 'unarchiveRun',
  tags: ['Run history'],
  summary: 'Undo archive; repeatable',
  request: { params: RunParams },
  responses: { 200: json('OK', RunStatusResponse), ...failures(403, 404, 409) },
});

export function addRunHistoryRoutes(api: Api, { runs }: ServerDeps): void {
  api.openapi(getRunTimeline, async (c) =>
    c.json([...(await runs.timeline(c.req.valid('param').id))], 200),
  );
  api.openapi(forkRun, async (c) =>
    c.json(
      await runs.fork(c.req.valid('param').id, targetOf(c.req.valid('json')), callerOf(c)),
      200,
    ),
  );
  api.openapi(rewindRun, async (c) => {
    const result = await runs.rewind(
      c.req.valid('param').id,
      targetOf(c.req.valid('json')),
      callerOf(c),
    );
    return c.json(result, result.archived ? 200 : 207);
  });
  api.openapi(archiveRun, async (c) =>
    c.json(await runs.archive(c.req.valid('param').id, callerOf(c)), 200),
  );
  api.openapi(unarchiveRun, async (c) =>
    c.json(await runs.unarchive(c.req.valid('param').id, callerOf(c)), 200),
  );
}

function targetOf({ target }: z.output<typeof ForkBody>): { readonly target?: string } {
  return target == null ? {} : { target };
}
