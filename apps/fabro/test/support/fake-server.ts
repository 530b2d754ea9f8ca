/** A server in memory that speaks the wire: routes as data, requests recorded. */
import type { AnyEvent, ApiQuestion, RunStatus, RunSummary, TimelineEntry } from '@fabro/protocol';
import type { World } from '../../src/io.js';
import { RUN } from './events.js';

/** The run that fork and rewind make. */
const SIZED_RUNS = [
  {
    run_id: RUN,
    workflow_name: 'Demo',
    status: 'completed',
    start_time: '2026-01-01T00:00:00.000Z',
    size_bytes: 1024,
    reclaimable: true,
  },
  {
    run_id: '01JZ0000000000000000000009',
    workflow_name: 'Long one',
    status: 'running',
    start_time: '2026-01-02T00:00:00.000Z',
    size_bytes: 512,
    reclaimable: false,
  },
];
export const FORK = '01JZ0000000000000000000FRK';

export interface FakeServer {
  readonly world: Pick<World, 'fetchFor'>;
  /** `METHOD path?query` of every request but health checks. */
  readonly requests: string[];
  /** Bodies by `METHOD path`. */
  readonly bodies: Map<string, unknown>;
  questions: ApiQuestion[];
  timeline: TimelineEntry[];
  /** Why runs cannot be archived. */
  archiveError?: string;
  events: AnyEvent[];
  status: RunStatus;
  /** Keeps the stream open after the events; `send` adds to it. */
  send?: (event: AnyEvent) => void;
  /** Streams a live event of this run. */
  live?: (event: object) => void;
  holdStream: boolean;
  /** Answers of a test's own, by `METHOD /runs/:id/…` without the query. */
  readonly routes: Map<string, (url: URL) => Response>;
}

export function fakeServer(): FakeServer {
  const server: FakeServer = {
    requests: [],
    bodies: new Map(),
    questions: [],
    timeline: [],
    events: [],
    status: 'completed',
    holdStream: false,
    routes: new Map(),
    world: { fetchFor: async () => async (url, init) => answer(server, new URL(url), init) },
  };
  return server;
}

function summary(server: FakeServer): RunSummary {
  return {
    id: RUN,
    run_id: RUN,
    status: server.status,
    created_at: '2026-01-31T11:00:00Z',
    workflow_name: 'Demo',
    goal: 'Fix it',
    labels: {},
    start_time: '2026-01-31T11:00:00Z',
    ...(server.status === 'running' ? {} : { duration_ms: 1500 }),
    total_usd_micros: 2500,
  };
}

async function answer(server: FakeServer, url: URL, init: RequestInit = {}): Promise<Response> {
  const method = init.method ?? 'GET';
  const path = url.pathname.replace('/api/v1', '');
  if (path === '/health') return Response.json({ status: 'ok', version: '0.1.0' });
  server.requests.push(`${method} ${path}${url.search}`);
  if (typeof init.body === 'string') server.bodies.set(`${method} ${path}`, JSON.parse(init.body));
  const status = { id: RUN, status: server.status, created_at: '2026-01-31T11:00:00Z' };
  const page = (data: unknown) => Response.json({ data, meta: { has_more: false } });
  const route = `${method} ${path.replace(RUN, ':id')}`;
  const own = server.routes.get(route);
  if (own !== undefined) return own(url);
  switch (route) {
    case 'POST /runs':
      return Response.json(status, { status: 201 });
    case 'POST /runs/:id/start':
    case 'POST /runs/:id/cancel':
      return Response.json(status);
    case 'GET /runs/:id/timeline':
      return Response.json(server.timeline);
    case 'POST /runs/:id/fork':
    case 'POST /runs/:id/rewind': {
      const forked = { source_run_id: RUN, new_run_id: FORK, target: 'two@1' };
      if (path.endsWith('/fork')) return Response.json(forked);
      return server.archiveError === undefined
        ? Response.json({ ...forked, archived: true })
        : Response.json(
            { ...forked, archived: false, archive_error: server.archiveError },
            { status: 207 },
          );
    }
    case 'POST /runs/:id/archive':
    case 'POST /runs/:id/unarchive':
      return server.archiveError === undefined
        ? Response.json(status)
        : failure(409, 'Conflict', server.archiveError);
    case 'GET /runs':
      return page([summary(server)]);
    case 'GET /runs/:id':
      return Response.json(summary(server));
    case 'GET /runs/resolve':
      return url.searchParams.get('selector') === 'nope'
        ? failure(404, 'Not Found', 'Run nope not found.')
        : Response.json(summary(server));
    case 'DELETE /runs/:id':
      return new Response(null, { status: 204 });
    case 'GET /system/df':
      return Response.json({
        summary: [{ type: 'runs', count: 3, active: 1, size_bytes: 2048, reclaimable_bytes: 1024 }],
        total_size_bytes: 2048,
        total_reclaimable_bytes: 1024,
        ...(url.searchParams.get('verbose') === 'true' ? { runs: SIZED_RUNS } : {}),
      });
    case 'POST /system/prune/runs':
      return Response.json({
        dry_run: true,
        runs: [{ run_id: RUN, status: 'completed', size_bytes: 1024 }],
        total_count: 1,
        total_size_bytes: 1024,
        deleted_count: 0,
        freed_bytes: 0,
      });
    case 'GET /runs/:id/state':
      return Response.json({ run_id: RUN });
    case 'GET /runs/:id/stages':
      return page([]);
    case 'GET /runs/:id/retro':
      return Response.json(null);
    case 'GET /runs/:id/questions':
      return page(server.questions);
    case 'GET /runs/:id/events':
      return page(
        server.events.filter((event) => event.seq >= Number(url.searchParams.get('since_seq'))),
      );
    case 'GET /runs/:id/attach':
      return stream(server, Number(url.searchParams.get('since_seq')), init.signal ?? undefined);
    default:
      if (method === 'POST' && path.endsWith('/answer')) return new Response(null, { status: 204 });
      return failure(404, 'Not Found', `No route ${method} ${path}.`);
  }
}

function failure(status: number, title: string, detail: string): Response {
  return Response.json({ errors: [{ status: String(status), title, detail }] }, { status });
}

function stream(server: FakeServer, sinceSeq: number, signal: AbortSignal | undefined): Response {
  const encoder = new TextEncoder();
  const frame = (event: AnyEvent) =>
    encoder.encode(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const event of server.events)
        if (event.seq >= sinceSeq) controller.enqueue(frame(event));
      if (!server.holdStream) return controller.close();
      server.live = (event) =>
        controller.enqueue(
          encoder.encode(
            `data: ${JSON.stringify({ ts: '2026-01-31T12:00:00Z', run_id: RUN, ...event })}\n\n`,
          ),
        );
      server.send = (event) => {
        controller.enqueue(frame(event));
        if (event.event === 'run.completed' || event.event === 'run.failed') controller.close();
      };
      signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
