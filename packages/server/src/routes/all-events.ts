/** `GET /attach`: the events of all runs as they happen. */
import { integerParameter, sseResponse } from '@fabro/http';
import { FabroError, parseRunId } from '@fabro/protocol';
import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../context.js';
import type { ServerDeps } from '../deps.js';
import { failures } from '../responses.js';
import { API } from '../urls.js';

const EVENT_STREAM = 'text/event-stream';

const attachEvents = createRoute({
  method: 'get',
  path: `${API}/attach`,
  operationId: 'attachEvents',
  tags: ['Events'],
  summary: 'The events of all runs, or of some, as they are stored; never ends by itself',
  request: {
    query: z.object({
      run_id: z
        .string()
        .optional()
        .meta({ description: 'Run ids, separated by commas; all runs when left out.' }),
    }),
    headers: z.object({
      'last-event-id': z.string().optional().meta({
        description:
          'The stream goes on after this frame. Ids are opaque here: no sequence numbers.',
      }),
    }),
  },
  responses: {
    200: { description: 'OK', content: { [EVENT_STREAM]: { schema: z.string() } } },
    ...failures(400, 404),
  },
});

export function addAllEventsRoute(api: Api, deps: ServerDeps): void {
  api.openapi(attachEvents, (c) => {
    const ids = (c.req.valid('query').run_id ?? '').split(',').filter((id) => id !== '');
    for (const id of ids)
      if (parseRunId(id) === undefined)
        throw new FabroError(
          'invalid_argument',
          `Parameter run_id holds "${id.slice(0, 40)}"; expected run ids (ULIDs), separated by commas.`,
        );
    const after = integerParameter(
      'Last-Event-ID',
      c.req.header('last-event-id') || undefined,
      'the id of an earlier frame',
    );
    if (after !== undefined && !(Number.isSafeInteger(after) && after >= 0))
      throw new FabroError(
        'invalid_argument',
        `Last-Event-ID is ${after}; expected the id of an earlier frame.`,
      );
    const requestId = c.get('requestId');
    return sseResponse(
      (signal) =>
        deps.runs.followAll({
          signal,
          ...(ids.length === 0 ? {} : { runs: ids }),
          ...(after === undefined ? {} : { after }),
        }),
      {
        signal: c.req.raw.signal,
        streams: deps.streams,
        clock: deps.clock,
        onError: (err) =>
          deps.logger.error({ request_id: requestId, err }, 'An event stream failed.'),
      },
    );
  });
}
