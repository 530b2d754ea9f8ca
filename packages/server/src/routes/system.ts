/** The server itself: what it is, what it stores, and how to make space. */
import { jsonBody } from '@fabro/http';
import { FabroError } from '@fabro/protocol';
import type { PruneRequest } from '@fabro/runs';
import { createRoute, z } from '@hono/zod-openapi';
import { type Api, callerOf } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { BODY_FAILURES, failures, json } from '../responses.js';
import { DiskUsage, PruneBody, PruneResult, SystemInfo } from '../schemas.js';
import { API, serverUrl } from '../urls.js';

const getSystemInfo = createRoute({
  method: 'get',
  path: `${API}/system/info`,
  operationId: 'getSystemInfo',
  tags: ['System'],
  summary: 'Version, uptime and counts',
  responses: { 200: json('OK', SystemInfo), ...failures() },
});

const getSystemDiskUsage = createRoute({
  method: 'get',
  path: `${API}/system/df`,
  operationId: 'getSystemDiskUsage',
  tags: ['System'],
  summary: 'Disk usage',
  request: {
    query: z.object({
      verbose: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'The sizes of runs, too, the largest first. Default false.' }),
    }),
  },
  responses: { 200: json('OK', DiskUsage), ...failures(400) },
});

const pruneRuns = createRoute({
  method: 'post',
  path: `${API}/system/prune/runs`,
  operationId: 'pruneRuns',
  tags: ['System'],
  summary: 'Delete ended runs; says what it would delete unless dry_run is false',
  middleware: [jsonBody({ optional: true })],
  request: { body: { required: false, content: { 'application/json': { schema: PruneBody } } } },
  responses: { 200: json('OK', PruneResult), ...failures(...BODY_FAILURES, 403, 409, 501) },
});

export function addSystemRoutes(api: Api, deps: ServerDeps): void {
  const { runs, system, clock } = deps;
  api.openapi(getSystemInfo, async (c) => {
    const { total, active } = await system.runCounts();
    return c.json(
      {
        version: system.version,
        server_url: serverUrl(deps.apiUrl, c.req.url),
        pid: system.pid,
        os: system.os,
        arch: system.arch,
        storage_engine: system.storageEngine,
        storage_dir: system.storageDir,
        uptime_secs: Math.max(0, Math.floor((clock.now() - system.startedAtMs) / 1000)),
        runs: { total, active },
        sandbox_provider: system.sandboxProvider,
      },
      200,
    );
  });
  api.openapi(getSystemDiskUsage, async (c) => {
    const verbose = c.req.valid('query').verbose === 'true';
    const { runs: sized, ...usage } = await runs.diskUsage({ verbose });
    return c.json(
      {
        ...usage,
        summary: [...usage.summary],
        ...(sized === undefined ? {} : { runs: [...sized] }),
      },
      200,
    );
  });
  api.openapi(pruneRuns, async (c) => {
    const result = await runs.prune(pruneRequest(c.req.valid('json')), callerOf(c));
    const { runs: pruned, ...totals } = result;
    return c.json({ ...totals, ...(pruned === undefined ? {} : { runs: [...pruned] }) }, 200);
  });
}

function pruneRequest(body: z.output<typeof PruneBody>): PruneRequest {
  if (body.orphans === true)
    throw new FabroError('not_implemented', 'Pruning of orphans is not implemented.');
  return {
    dryRun: body.dry_run ?? true,
    ...(body.before == null ? {} : { before: body.before }),
    ...(body.workflow == null ? {} : { workflow: body.workflow }),
    ...(body.labels == null ? {} : { labels: body.labels }),
    ...(body.older_than == null ? {} : { olderThanMs: durationMs(body.older_than) }),
  };
}

/** `24h` or `7d`, as the schema has checked. */
function durationMs(text: string): number {
  const hours = text.endsWith('d') ? 24 : 1;
  return Number.parseInt(text, 10) * hours * 3_600_000;
}
