/** Runs as a collection and by themselves: create, list, resolve, get, delete. */
import { jsonBody, MAX_MANIFEST_BYTES, parsePage } from '@fabro/http';
import { FabroError, RunStatus } from '@fabro/protocol';
import type { RunFilter } from '@fabro/runs';
import { createRoute, z } from '@hono/zod-openapi';
import { type Api, callerOf } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { BODY_FAILURES, failures, json } from '../responses.js';
import {
  PageQuery,
  RunManifest,
  RunPage,
  RunParams,
  RunStatusResponse,
  RunSummary,
} from '../schemas.js';
import { API } from '../urls.js';

const repeatable = z.union([z.string(), z.array(z.string())]).optional();
const ListQuery = PageQuery.extend({
  status: repeatable.meta({ description: 'Statuses to keep; repeat, or separate by commas.' }),
  workflow: z.string().optional(),
  label: repeatable.meta({ description: '`key=value`; repeat to ask for several.' }),
  include_archived: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Archived runs too. Default false.' }),
});

const listRuns = createRoute({
  method: 'get',
  path: `${API}/runs`,
  operationId: 'listRuns',
  tags: ['Runs'],
  summary: 'Runs, newest first',
  request: { query: ListQuery },
  responses: { 200: json('OK', RunPage), ...failures(400) },
});

const createRun = createRoute({
  method: 'post',
  path: `${API}/runs`,
  operationId: 'createRun',
  tags: ['Runs'],
  summary: 'Create a run; it waits for its start',
  middleware: [jsonBody({ maxBytes: MAX_MANIFEST_BYTES })],
  request: {
    body: { required: true, content: { 'application/json': { schema: RunManifest } } },
  },
  responses: {
    201: json('Created, or created before from an equal manifest', RunStatusResponse),
    ...failures(...BODY_FAILURES, 403, 409),
  },
});

const resolveRun = createRoute({
  method: 'get',
  path: `${API}/runs/resolve`,
  operationId: 'resolveRun',
  tags: ['Runs'],
  summary: 'The run that an id, an id prefix or a workflow name means',
  request: { query: z.object({ selector: z.string().min(1) }) },
  responses: { 200: json('OK', RunSummary), ...failures(400, 404) },
});

const retrieveRun = createRoute({
  method: 'get',
  path: `${API}/runs/{id}`,
  operationId: 'retrieveRun',
  tags: ['Runs'],
  summary: 'One run',
  request: { params: RunParams },
  responses: { 200: json('OK', RunSummary), ...failures(404) },
});

const deleteRun = createRoute({
  method: 'delete',
  path: `${API}/runs/{id}`,
  operationId: 'deleteRun',
  tags: ['Runs'],
  summary: 'Delete a run and its data',
  request: {
    params: RunParams,
    query: z.object({
      force: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'Cancels an active run first.' }),
    }),
  },
  responses: { 204: { description: 'Deleted' }, ...failures(400, 404, 409) },
});

export function addRunRoutes(api: Api, { runs }: ServerDeps): void {
  api.openapi(listRuns, async (c) => {
    const query = c.req.valid('query');
    const page = await runs.list(
      parsePage(query['page[limit]'], query['page[offset]']),
      filterOf(query),
    );
    return c.json({ data: [...page.data], meta: { has_more: page.hasMore } }, 200);
  });
  api.openapi(createRun, async (c) => {
    const { run } = await runs.create(c.req.valid('json'), callerOf(c));
    return c.json(run, 201);
  });
  api.openapi(resolveRun, async (c) =>
    c.json(await runs.resolve(c.req.valid('query').selector), 200),
  );
  api.openapi(retrieveRun, async (c) => c.json(await runs.get(c.req.valid('param').id), 200));
  api.openapi(deleteRun, async (c) => {
    const force = c.req.valid('query').force === 'true';
    await runs.remove(c.req.valid('param').id, { force }, callerOf(c));
    return c.body(null, 204);
  });
}

function filterOf(query: z.output<typeof ListQuery>): RunFilter {
  const statuses = listOf(query.status).flatMap((text) => text.split(','));
  for (const status of statuses)
    if (!RunStatus.safeParse(status).success)
      throw new FabroError(
        'invalid_argument',
        `Parameter status is "${status.slice(0, 40)}"; expected one of ${RunStatus.options.join(', ')}.`,
      );
  const labels = listOf(query.label).map(labelOf);
  return {
    ...(statuses.length === 0 ? {} : { status: statuses }),
    ...(query.workflow === undefined ? {} : { workflow: query.workflow }),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
    ...(query.include_archived === 'true' ? { includeArchived: true } : {}),
  };
}

function labelOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new FabroError(
    'invalid_argument',
    `Parameter label is "${text.slice(0, 40)}"; expected key=value.`,
  );
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
