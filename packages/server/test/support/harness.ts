/** The application over a fake service; every answer is checked against the generated document. */
import { OpenStreams, tokenAuthenticator } from '@fabro/http';
import { type Clock, JsonObject } from '@fabro/protocol';
import { createApp, type ServerDeps } from '../../src/index.js';
import { expectContract } from './contract.js';
import { FakeRuns } from './fake-runs.js';

export const TOKEN = 'fabro_dev_test';

/** The real time; sleeping ends with the signal. */
const wallClock: Clock = {
  now: () => Date.now(),
  sleepUntil: (atMs, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, atMs - Date.now());
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
    }),
};

export interface Harness {
  readonly runs: FakeRuns;
  readonly streams: OpenStreams;
  readonly app: ReturnType<typeof createApp>;
  readonly logged: unknown[];
  /** A request with the token; the answer has passed the contract. */
  request(method: string, path: string, init?: RequestOptions): Promise<Response>;
  /** The same with a JSON body. */
  send(method: string, path: string, body: unknown): Promise<Response>;
}

interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly token?: string | undefined;
  readonly transport?: 'unix' | 'tcp';
}

export function harness(overrides: Partial<ServerDeps> = {}): Harness {
  const runs = new FakeRuns();
  const streams = new OpenStreams();
  const logged: unknown[] = [];
  let requests = 0;
  const app = createApp({
    runs,
    streams,
    graphs: { render: async (dot) => `<svg>${dot}</svg>`, close: async () => {} },
    authenticate: tokenAuthenticator(TOKEN, 'dev'),
    clock: wallClock,
    requestId: () => `request-${++requests}`,
    logger: { error: (fields) => void logged.push(fields) },
    system: {
      version: '1.2.3',
      pid: 4711,
      os: 'linux',
      arch: 'x64',
      storageEngine: 'sqlite',
      storageDir: '/var/lib/fabro',
      sandboxProvider: 'local',
      startedAtMs: Date.now() - 5_000,
      runCounts: async () => ({ total: runs.byId.size, active: 0 }),
    },
    ...overrides,
  });
  const request: Harness['request'] = async (method, path, options = {}) => {
    const token = 'token' in options ? options.token : TOKEN;
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...options.headers,
    };
    const response = await app.request(
      path,
      { method, headers, ...(options.body === undefined ? {} : { body: options.body }) },
      options.transport === undefined ? {} : { transport: options.transport },
    );
    const document = JsonObject.parse(await (await app.request('/api/v1/openapi.json')).json());
    await expectContract(document, method, path, response);
    return response;
  };
  const send: Harness['send'] = (method, path, body) =>
    request(method, path, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  return { runs, streams, app, logged, request, send };
}

export const RUN_ID = '01HV6D7S5YF4Z4B2M7K4N0Q6T9';

/** A manifest that the service accepts. */
export function manifest(extra: JsonObject = {}): JsonObject {
  return {
    version: 1,
    cwd: '/tmp/project',
    run_id: RUN_ID,
    target: { identifier: 'smoke', path: 'smoke.fabro' },
    workflows: { 'smoke.fabro': { source: 'digraph { start -> exit }' } },
    ...extra,
  };
}

/** The failure in an answer. */
export async function failureIn(
  response: Response,
): Promise<{ readonly status: number; readonly detail: unknown; readonly code: unknown }> {
  const body = JsonObject.parse(await response.json());
  const first: unknown = Array.isArray(body['errors']) ? body['errors'][0] : undefined;
  const entry = JsonObject.parse(first);
  return { status: response.status, detail: entry['detail'], code: entry['code'] };
}
