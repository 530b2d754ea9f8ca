/** The events of a run: a page of JSON, or a stream that replays and then follows (design 7, decision 10). */
import { integerParameter, sseResponse } from '@fabro/http';
import { FabroError } from '@fabro/protocol';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { HttpEnv } from '@fabro/http';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { DEFAULT_EVENT_LIMIT, MAX_EVENT_LIMIT } from '../limits.js';
import { failures } from '../responses.js';
import { EventPage, RunParams } from '../schemas.js';
import { API } from '../urls.js';

const EVENT_STREAM = 'text/event-stream';

const sinceSeq = z
  .string()
  .optional()
  .meta({ type: 'integer', minimum: 1, description: 'First sequence number, from 1.' });
const StreamHeaders = z.object({
  'last-event-id': z
    .string()
    .optional()
    .meta({ description: 'The stream goes on after this event; wins over since_seq.' }),
});

const listRunEvents = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/events`,
  operationId: 'listRunEvents',
  tags: ['Events'],
  summary: 'A page of events, or the stream under Accept: text/event-stream',
  request: {
    params: RunParams,
    query: z.object({
      since_seq: sinceSeq,
      limit: z.string().optional().meta({
        type: 'integer',
        default: DEFAULT_EVENT_LIMIT,
        description: 'Clamped to 1..1000.',
      }),
    }),
    headers: StreamHeaders,
  },
  responses: {
    200: {
      description: 'OK',
      content: {
        'application/json': { schema: EventPage },
        [EVENT_STREAM]: { schema: z.string() },
      },
    },
    ...failures(400, 404, 410),
  },
});

const attachRunEvents = createRoute({
  method: 'get',
  path: `${API}/runs/{id}/attach`,
  operationId: 'attachRunEvents',
  tags: ['Events'],
  summary: 'The stream of a run: replays from a starting point, then follows until the run ends',
  request: {
    params: RunParams,
    query: z.object({ since_seq: sinceSeq }),
    headers: StreamHeaders,
  },
  responses: {
    200: { description: 'OK', content: { [EVENT_STREAM]: { schema: z.string() } } },
    ...failures(400, 404, 410),
  },
});

export function addEventRoutes(api: Api, deps: ServerDeps): void {
  api.openapi(listRunEvents, async (c) => {
    const { id } = c.req.valid('param');
    const query = c.req.valid('query');
    if (wantsStream(c.req.header('accept'))) return stream(c, deps, id, query.since_seq);
    const limit = integerParameter('limit', query.limit, 'an integer (clamped to 1..1000)');
    const page = await deps.runs.events(id, {
      sinceSeq: seqParameter('since_seq', query.since_seq, 1) ?? 1,
      limit: Math.min(Math.max(limit ?? DEFAULT_EVENT_LIMIT, 1), MAX_EVENT_LIMIT),
    });
    // The lines are JSON already: parsing them to write them again would cost a copy of the page.
    const body = `{"data":[${page.lines.join(',')}],"meta":{"has_more":${page.hasMore}}}`;
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  });
  api.openapi(attachRunEvents, (c) =>
    stream(c, deps, c.req.valid('param').id, c.req.valid('query').since_seq),
  );
}

async function stream(
  c: Context<HttpEnv>,
  deps: ServerDeps,
  id: string,
  since: string | undefined,
): Promise<Response> {
  const from = startingPoint(c.req.header('last-event-id'), since);
  if (c.req.method === 'HEAD') {
    // Nobody would read the stream, so none is opened.
    await deps.runs.get(id);
    return new Response(null, { headers: { 'content-type': EVENT_STREAM } });
  }
  const requestId = c.get('requestId');
  return sseResponse(
    (signal) => deps.runs.attach(id, { signal, ...(from === undefined ? {} : { sinceSeq: from }) }),
    {
      signal: c.req.raw.signal,
      streams: deps.streams,
      clock: deps.clock,
      onError: (err) =>
        deps.logger.error({ request_id: requestId, run_id: id, err }, 'An event stream failed.'),
    },
  );
}

/** `Last-Event-ID` names the last event that was seen, so the stream begins with the next one. */
function startingPoint(
  lastEventId: string | undefined,
  since: string | undefined,
): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return seqParameter('since_seq', since, 1);
  return (seqParameter('Last-Event-ID', lastEventId, 0) ?? 0) + 1;
}

function seqParameter(name: string, text: string | undefined, least: number): number | undefined {
  const expected = `an integer from ${least}`;
  const value = integerParameter(name, text, expected);
  if (value === undefined || (value >= least && Number.isSafeInteger(value))) return value;
  throw new FabroError('invalid_argument', `Parameter ${name} is ${value}; expected ${expected}.`);
}

function wantsStream(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((part) => part.split(';')[0]?.trim() === EVENT_STREAM);
}
