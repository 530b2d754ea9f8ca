/** The graph of a run: as SVG, as DOT that Graphviz accepts, and as written. */
import { FabroError } from '@fabro/protocol';
import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import type { GraphRenderer } from '../graph/renderer.js';
import { failures } from '../responses.js';
import { RunParams } from '../schemas.js';
import { API } from '../urls.js';

const SVG = 'image/svg+xml';
const DOT = 'text/vnd.graphviz';

const retrieveRunGraph = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/graph`,
  operationId: 'retrieveRunGraph',
  tags: ['Run data'],
  summary: 'The graph as SVG, or as DOT under Accept: text/vnd.graphviz',
  request: {
    params: RunParams,
    query: z.object({
      direction: z
        .string()
        .transform((text) => text.toUpperCase())
        .pipe(z.enum(['TB', 'LR', 'BT', 'RL']))
        .optional()
        .meta({ type: 'string', description: 'TB, LR, BT or RL, in either case.' }),
    }),
  },
  responses: {
    200: {
      description: 'OK',
      content: { [SVG]: { schema: z.string() }, [DOT]: { schema: z.string() } },
    },
    ...failures(400, 404),
  },
});

const retrieveRunGraphSource = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/graph/source`,
  operationId: 'retrieveRunGraphSource',
  tags: ['Run data'],
  summary: 'The graph as its author wrote it',
  request: { params: RunParams },
  responses: {
    200: { description: 'OK', content: { [DOT]: { schema: z.string() } } },
    ...failures(404),
  },
});

export function addGraphRoutes(api: Api, { runs, graphs }: ServerDeps): void {
  api.openapi(retrieveRunGraph, async (c) => {
    const { dot } = await runs.graph(c.req.valid('param').id, c.req.valid('query').direction);
    if (wantsDot(c.req.header('accept'))) return text(dot, DOT);
    return text(await svgOf(graphs, dot, c.req.raw.signal), SVG);
  });
  api.openapi(retrieveRunGraphSource, async (c) => {
    const { source } = await runs.graph(c.req.valid('param').id);
    return text(source, DOT);
  });
}

async function svgOf(graphs: GraphRenderer, dot: string, signal: AbortSignal): Promise<string> {
  try {
    return await graphs.render(dot, signal);
  } catch (cause) {
    // A client that leaves during a layout is no failure of the server.
    if (signal.aborted)
      throw new FabroError('gone', 'The client has closed the connection.', { cause });
    throw cause;
  }
}

function text(body: string, type: string): Response {
  return new Response(body, { headers: { 'content-type': `${type}; charset=utf-8` } });
}

/** True for a client that names DOT and would not take SVG. */
function wantsDot(accept: string | undefined): boolean {
  const types = (accept ?? '*/*').split(',').map((part) => part.split(';')[0]?.trim());
  return types.includes(DOT) && !types.includes(SVG);
}
