/** The typed client: one method for every operation of the API that is built. */
import {
  type AnswerBody,
  type Clock,
  EventPage,
  ForkResult,
  JsonObject,
  QuestionPage,
  RewindResult,
  type RunManifest,
  RunPage,
  RunStatusResponse,
  RunSummary,
  type RunStatus,
  StagePage,
  Timeline,
} from '@fabro/protocol';
import { jsonOf, parseAs, type Schema } from './answer.js';
import { attach, type AttachOptions } from './attach.js';
import { type AttachAllOptions, attachAll } from './attach-all.js';
import { systemClock } from './clock.js';
import { Fields } from './fields.js';
import { reportOperations } from './reports.js';
import {
  type PruneBody,
  readDiscovery,
  readDiskUsage,
  readPruneResult,
  readSystemInfo,
} from './system.js';
import { createTransport, type Fetch, type RequestOptions } from './transport.js';

export interface ClientOptions {
  /** The server's address, with or without `/api/v1`. */
  readonly baseUrl: string;
  /** Sent as a bearer credential. */
  readonly token?: string | undefined;
  /** Default: the platform's `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** Default: the platform's time. */
  readonly clock?: Clock;
}

export interface PageOptions {
  /** 1 to 100, default 20. */
  readonly limit?: number;
  /** Default 0. */
  readonly offset?: number;
}

export interface ListRunsOptions extends PageOptions {
  readonly status?: readonly RunStatus[];
  readonly workflow?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Archived runs too. */
  readonly includeArchived?: boolean;
}

export interface EventPageOptions {
  /** From 1, the default. */
  readonly sinceSeq?: number;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export type GraphDirection = 'TB' | 'LR' | 'BT' | 'RL';

export type Client = ReturnType<typeof createClient>;

/**
 * Methods are named after the operation ids of the API. All reject with FabroError: the server's detail
 * and code, `unavailable` when it cannot be reached, `upstream` when an answer has an unknown shape.
 */
export function createClient(options: ClientOptions) {
  const origin = options.baseUrl.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
  const send: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const request = createTransport(origin, options.token, send);
  const clock = options.clock ?? systemClock;

  const json = async <T>(
    schema: Schema<T>,
    method: string,
    path: string,
    init?: RequestOptions,
  ): Promise<T> => {
    const place = `${method} ${path}`;
    return parseAs(schema, await jsonOf(await request(method, path, init), place), place);
  };
  const fields = async (method: string, path: string, init?: RequestOptions): Promise<Fields> =>
    new Fields(await jsonOf(await request(method, path, init), path), `${method} ${path}`);
  const control = (id: string, action: string): Promise<RunStatusResponse> =>
    json(RunStatusResponse, 'POST', `${runPath(id)}/${action}`);

  return {
    getRoot: async () => readDiscovery(await fields('GET', '/')),
    getHealth: async () => {
      const answer = await fields('GET', '/health');
      return { status: answer.text('status'), version: answer.text('version') };
    },
    getOpenApiSpec: () => json(JsonObject, 'GET', `${API}/openapi.json`),
    getUser: async () => ({ login: (await fields('GET', `${API}/user`)).text('login') }),

    createRun: (manifest: RunManifest) =>
      json(RunStatusResponse, 'POST', `${API}/runs`, { body: manifest }),
    listRuns: ({ status, workflow, labels = {}, includeArchived, ...page }: ListRunsOptions = {}) =>
      json(RunPage, 'GET', `${API}/runs`, {
        query: {
          ...pageQuery(page),
          status,
          workflow,
          include_archived: includeArchived,
          label: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
        },
      }),
    resolveRun: (selector: string) =>
      json(RunSummary, 'GET', `${API}/runs/resolve`, { query: { selector } }),
    retrieveRun: (id: string) => json(RunSummary, 'GET', runPath(id)),
    deleteRun: async (id: string, { force }: { readonly force?: boolean } = {}): Promise<void> => {
      await request('DELETE', runPath(id), { query: { force } });
    },
    startRun: (id: string, body: { readonly resume?: boolean } = {}) =>
      json(RunStatusResponse, 'POST', `${runPath(id)}/start`, { body }),
    cancelRun: (id: string) => control(id, 'cancel'),
    pauseRun: (id: string) => control(id, 'pause'),
    unpauseRun: (id: string) => control(id, 'unpause'),

    getRunTimeline: (id: string) => json(Timeline, 'GET', `${runPath(id)}/timeline`),
    /** `target`: `@ordinal`, `node@visit` or `node`; absent, the latest checkpoint. */
    forkRun: (id: string, target?: string) =>
      json(ForkResult, 'POST', `${runPath(id)}/fork`, { body: { target } }),
    /** As `forkRun`; the run itself is archived, or `archive_error` says why not. */
    rewindRun: (id: string, target?: string) =>
      json(RewindResult, 'POST', `${runPath(id)}/rewind`, { body: { target } }),
    archiveRun: (id: string) => control(id, 'archive'),
    unarchiveRun: (id: string) => control(id, 'unarchive'),

    listRunStages: (id: string, page: PageOptions = {}) =>
      json(StagePage, 'GET', `${runPath(id)}/stages`, { query: pageQuery(page) }),
    getRunState: (id: string) => json(JsonObject, 'GET', `${runPath(id)}/state`),
    /** SVG. */
    retrieveRunGraph: async (id: string, direction?: GraphDirection): Promise<string> =>
      (await request('GET', `${runPath(id)}/graph`, { query: { direction } })).text(),
    retrieveRunGraphSource: async (id: string): Promise<string> =>
      (await request('GET', `${runPath(id)}/graph/source`)).text(),
    listRunEvents: (id: string, { sinceSeq, limit }: EventPageOptions = {}) =>
      json(EventPage, 'GET', `${runPath(id)}/events`, { query: { since_seq: sinceSeq, limit } }),
    /** Follows the run, resuming dropped connections; see `attach`. */
    attach: (id: string, attachOptions: AttachOptions = {}) =>
      attach({ origin, request, clock }, id, attachOptions),
    readRunBlob: async (id: string, hash: string): Promise<Uint8Array> => {
      const path = `${runPath(id)}/blobs/${encodeURIComponent(hash)}`;
      return new Uint8Array(await (await request('GET', path)).arrayBuffer());
    },

    listRunQuestions: (id: string, page: PageOptions = {}) =>
      json(QuestionPage, 'GET', `${runPath(id)}/questions`, { query: pageQuery(page) }),
    submitRunAnswer: async (id: string, question: string, body: AnswerBody): Promise<void> => {
      const path = `${runPath(id)}/questions/${encodeURIComponent(question)}/answer`;
      await request('POST', path, { body });
    },

    ...reportOperations({ request, json }),
    /** Events of all runs, or of some, from now on; see `attachAll`. */
    attachEvents: (attachOptions: AttachAllOptions = {}) =>
      attachAll({ origin, request, clock }, attachOptions),

    getSystemInfo: async () => readSystemInfo(await fields('GET', `${API}/system/info`)),
    getSystemDiskUsage: async ({ verbose }: { readonly verbose?: boolean } = {}) =>
      readDiskUsage(await fields('GET', `${API}/system/df`, { query: { verbose } })),
    pruneRuns: async (body: PruneBody = {}) =>
      readPruneResult(await fields('POST', `${API}/system/prune/runs`, { body })),
  };
}

const API = '/api/v1';

function runPath(id: string): string {
  return `${API}/runs/${encodeURIComponent(id)}`;
}

function pageQuery({ limit, offset }: PageOptions): RequestOptions['query'] & object {
  return { 'page[limit]': limit, 'page[offset]': offset };
}
