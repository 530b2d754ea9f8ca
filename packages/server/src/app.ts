/** The HTTP application: Web requests in, Web responses out; no sockets, no SQL. */
import {
  bearerAuth,
  describeIssues,
  failureResponse,
  type HttpEnv,
  requestIds,
  securityHeaders,
} from '@fabro/http';
import { FabroError } from '@fabro/protocol';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Api } from './context.js';
import type { ServerDeps } from './deps.js';
import { addAllEventsRoute } from './routes/all-events.js';
import { addArtifactRoutes } from './routes/artifacts.js';
import { addDiffRoute } from './routes/diff.js';
import { addPreflightRoute } from './routes/preflight.js';
import { addRetroRoutes } from './routes/retros.js';
import { addBlobRoutes } from './routes/blobs.js';
import { addDiscoveryRoutes } from './routes/discovery.js';
import { addEventRoutes } from './routes/events.js';
import { addGraphRoutes } from './routes/graph.js';
import { addNotBuiltRoutes } from './routes/not-built.js';
import { addOpenApiRoute } from './routes/openapi.js';
import { addQuestionRoutes } from './routes/questions.js';
import { addRunControlRoutes } from './routes/run-control.js';
import { addRunHistoryRoutes } from './routes/run-history.js';
import { addRunRoutes } from './routes/runs.js';
import { addStageRoutes } from './routes/stages.js';
import { addSystemRoutes } from './routes/system.js';
import { addUserRoute } from './routes/user.js';
import { unmatched } from './unmatched.js';
import { API } from './urls.js';

const PLACES: Readonly<Record<string, string>> = {
  json: 'Request body',
  query: 'Query',
  param: 'Path',
  header: 'Headers',
};

/** Builds the application. Answers by `app.request()` in tests and under `serve` in production. */
export function createApp(deps: ServerDeps): Api {
  const api: Api = new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (!result.success)
        throw new FabroError(
          'invalid_argument',
          `${PLACES[result.target] ?? result.target} does not fit: ${describeIssues(result.error.issues)}.`,
        );
    },
  });
  api.use(securityHeaders(), requestIds(deps.requestId));
  api.onError((error, c) => failureResponse(error, c.get('requestId'), deps.logger));

  // Routes above the authentication are open to everybody.
  addDiscoveryRoutes(api, deps);
  addOpenApiRoute(api, deps);
  api.use(`${API}/*`, bearerAuth(deps.authenticate));

  addUserRoute(api);
  addRunRoutes(api, deps);
  addRunControlRoutes(api, deps);
  addRunHistoryRoutes(api, deps);
  addStageRoutes(api, deps);
  addGraphRoutes(api, deps);
  addEventRoutes(api, deps);
  addQuestionRoutes(api, deps);
  addBlobRoutes(api, deps);
  addAllEventsRoute(api, deps);
  addArtifactRoutes(api, deps);
  addDiffRoute(api, deps);
  addPreflightRoute(api, deps);
  addRetroRoutes(api, deps);
  addSystemRoutes(api, deps);
  addNotBuiltRoutes(api);
  api.notFound(unmatched(api));
  return api;
}
