/** `POST /preflight`: would a run of this manifest have what it needs here? */
import { jsonBody, MAX_MANIFEST_BYTES } from '@fabro/http';
import { createRoute } from '@hono/zod-openapi';
import { type Api, callerOf } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { BODY_FAILURES, failures, json } from '../responses.js';
import { PreflightReport, RunManifest } from '../schemas.js';
import { API } from '../urls.js';

const runPreflight = createRoute({
  method: 'post',
  path: `${API}/preflight`,
  operationId: 'runPreflight',
  tags: ['Runs'],
  summary: 'Check a manifest and what its run would need; nothing is created',
  middleware: [jsonBody({ maxBytes: MAX_MANIFEST_BYTES })],
  request: {
    body: { required: true, content: { 'application/json': { schema: RunManifest } } },
  },
  responses: { 200: json('OK', PreflightReport), ...failures(...BODY_FAILURES) },
});

export function addPreflightRoute(api: Api, { runs }: ServerDeps): void {
  api.openapi(runPreflight, async (c) =>
    c.json(await runs.preflight(c.req.valid('json'), callerOf(c), c.req.raw.signal), 200),
  );
}
