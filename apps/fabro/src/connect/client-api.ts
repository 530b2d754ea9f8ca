/** The `Api` of the commands, by the typed client. */
import { type Fetch, createClient } from '@fabro/client';
import { AnyEvent } from '@fabro/protocol';
import type { ServerAddress } from '@fabro/settings';
import type { Api } from '../api.js';
import { PAGE_ROWS } from '../limits.js';

export interface ClientApiOptions {
  readonly address: ServerAddress;
  readonly fetch: Fetch;
  readonly token?: string;
}

/** Talks to the server at `address`; over a Unix socket the host in the URL has no meaning. */
export function clientApi({ address, fetch, token }: ClientApiOptions): Api {
  const baseUrl = address.kind === 'unix' ? 'http://localhost' : address.url;
  const client = createClient({ baseUrl, token, fetch });
  return {
    health: async (signal) => {
      const probe = createClient({
        baseUrl,
        fetch: (url, init) => fetch(url, { ...init, signal }),
      });
      await probe.getHealth();
    },
    createRun: (manifest) => client.createRun(manifest),
    startRun: (id, resume) => client.startRun(id, resume ? { resume } : {}),
    controlRun: (id, action) => {
      switch (action) {
        case 'cancel':
          return client.cancelRun(id);
        case 'pause':
          return client.pauseRun(id);
        case 'unpause':
          return client.unpauseRun(id);
        default:
          return action satisfies never;
      }
    },
    removeRun: (id, force) => client.deleteRun(id, force ? { force } : {}),
    timeline: (id) => client.getRunTimeline(id),
    forkRun: (id, target) => client.forkRun(id, target),
    rewindRun: (id, target) => client.rewindRun(id, target),
    archiveRun: (id) => client.archiveRun(id),
    unarchiveRun: (id) => client.unarchiveRun(id),
    run: (id) => client.retrieveRun(id),
    resolveRun: (selector) => client.resolveRun(selector),
    runs: async (query, page) => {
      const { data, meta } = await client.listRuns({ ...query, ...page });
      return { data, hasMore: meta.has_more };
    },
    stages: (id) => allPages((page) => client.listRunStages(id, page)),
    questions: (id) => allPages((page) => client.listRunQuestions(id, page)),
    answer: (id, question, body) => client.submitRunAnswer(id, question, body),
    state: (id) => client.getRunState(id),
    events: async (id, sinceSeq, limit) => {
      const { data, meta } = await client.listRunEvents(id, { sinceSeq, limit });
      return { data: data.map((event) => AnyEvent.parse(event)), hasMore: meta.has_more };
    },
    attach: (id, sinceSeq, signal) => client.attach(id, { sinceSeq, signal }),
    graphSource: (id) => client.retrieveRunGraphSource(id),
    blob: (id, hash) => client.readRunBlob(id, hash),
    retro: async (id) => (await client.retrieveRetro(id)) ?? undefined,
    diff: (id, wish) => client.retrieveRunDiff(id, wish),
    artifacts: async (id) => (await client.listRunArtifacts(id)).data,
    artifact: (id, { stage_id: stage, relative_path: filename, retry }) =>
      client.getStageArtifact(id, stage, { filename, retry }),
    preflight: (manifest) => client.runPreflight(manifest),
    followAll: (options) => client.attachEvents(options),
    systemInfo: () => client.getSystemInfo(),
    diskUsage: (options) => client.getSystemDiskUsage(options),
    prune: (body) => client.pruneRuns(body),
  };
}

interface AnswerPage<T> {
  readonly data: readonly T[];
  readonly meta: { readonly has_more: boolean };
}

async function allPages<T>(
  read: (page: { readonly limit: number; readonly offset: number }) => Promise<AnswerPage<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (;;) {
    const { data, meta } = await read({ limit: PAGE_ROWS, offset: all.length });
    all.push(...data);
    if (!meta.has_more || data.length === 0) return all;
  }
}
