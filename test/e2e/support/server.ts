/** The bundled server as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RunStatusResponse } from '@fabro/protocol';
import { z } from 'zod';
import type { Home } from './home.js';
import { type Ask, type Wire, send } from './http.js';
import { until } from './wait.js';

const program = (name: string): string =>
  fileURLToPath(new URL(`../../../apps/fabro/dist/${name}.js`, import.meta.url));
const SERVER_PROGRAM = program('server-main');
export const CLI_PROGRAM = program('main');

const Ready = z.object({ pid: z.number(), address: z.string(), version: z.string() });
const Refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const LoggedEvent = z.looseObject({
  seq: z.number(),
  event: z.string(),
  node_id: z.string().optional(),
  stage_id: z.string().optional(),
  properties: z.record(z.string(), z.json()),
});
export type LoggedEvent = z.infer<typeof LoggedEvent>;
const EventPage = z.object({
  data: z.array(LoggedEvent),
  meta: z.object({ has_more: z.boolean() }),
});

export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A program in front of Node, with its arguments. */
  readonly under?: readonly string[];
}

export interface Server {
  readonly pid: number;
  readonly address: string;
  readonly version: string;
  readonly token: string;
  /** Id of the storage root, as the markers of its processes have it. */
  readonly rootId: string;
  /** Resolves when the process is gone. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** A request with the token; paths are below `/api/v1`. */
  api(method: string, path: string, ask?: Ask): Promise<Wire>;
  /** Creates a run of a graph, as `fabro run` would; rejects unless it is created. */
  create(graph: string, manifest?: ManifestExtras): Promise<string>;
  /** Creates and starts one. */
  run(graph: string, manifest?: ManifestExtras): Promise<string>;
  status(run: string): Promise<RunStatusResponse>;
  /** Resolves when the run has ended. */
  ended(run: string, bounds?: { readonly boundMs?: number }): Promise<RunStatusResponse>;
  /** All events of a run. */
  events(run: string): Promise<readonly LoggedEvent[]>;
  /** Waits for an event of a type, of a node when one is named. */
  event(run: string, type: string, node?: string): Promise<LoggedEvent>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with how it ended. */
  stop(): Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Its log so far. */
  log(): string;
}

export interface ManifestExtras {
  readonly cwd?: string;
  readonly run_id?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly goal?: string;
  /** Text of the workflow's own `workflow.toml`. */
  readonly config?: string;
}

/** The body of `POST /runs` for one graph. */
export function manifestOf(home: Home, graph: string, extras: ManifestExtras = {}): object {
  return {
    version: 1,
    ...(extras.run_id === undefined ? {} : { run_id: extras.run_id }),
    cwd: extras.cwd ?? home.path,
    ...(extras.goal === undefined ? {} : { goal: { type: 'value', text: extras.goal } }),
    ...(extras.args === undefined ? {} : { args: extras.args }),
    target: { identifier: 'flow', path: 'flow.fabro' },
    workflows: {
      'flow.fabro': {
        source: graph,
        ...(extras.config === undefined
          ? {}
          : { config: { path: 'workflow.toml', source: extras.config } }),
      },
    },
  };
}

/** How a server that could not start said so. */
class StartRefused extends Error {
  override readonly name = 'StartRefused';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Starts on the socket of the home. Rejects with StartRefused when the server names a reason. */
export async function startServer(home: Home, options: StartOptions = {}): Promise<Server> {
  const logFile = home.at('server.log');
  const log = openSync(logFile, 'a');
  const command = [
    ...(options.under ?? []),
    process.execPath,
    SERVER_PROGRAM,
    ...(options.args ?? []),
  ];
  let child: ChildProcess;
  try {
    child = spawn(command[0] ?? '', command.slice(1), {
      cwd: home.path,
      env: { ...home.env, ...options.env },
      stdio: ['ignore', 'pipe', log],
    });
  } finally {
    closeSync(log);
  }
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  const { pid, address, version } = await readyLine(child, exited, logFile);
  const token =
    options.env?.['FABRO_DEV_TOKEN'] ??
    home.env['FABRO_DEV_TOKEN'] ??
    readFileSync(`${storageOf(home, options)}/server.dev-token`, 'utf8').trim();
  const rootId = readFileSync(`${storageOf(home, options)}/root-id`, 'utf8').trim();

  const server: Server = {
    pid,
    address,
    version,
    token,
    rootId,
    exited,
    api: (method, path, ask = {}) =>
      send(address, method, `/api/v1${path}`, {
        ...ask,
        headers: { authorization: `Bearer ${token}`, ...ask.headers },
      }),
    async create(graph, manifest) {
      const wire = await server.api('POST', '/runs', { body: manifestOf(home, graph, manifest) });
      if (wire.status !== 201) throw new Error(`POST /runs: ${wire.status} ${wire.text}`);
      return wire.as(RunStatusResponse).id;
    },
    async run(graph, manifest) {
      const id = await server.create(graph, manifest);
      const wire = await server.api('POST', `/runs/${id}/start`, { body: {} });
      if (wire.status !== 200) throw new Error(`start: ${wire.status} ${wire.text}`);
      return id;
    },
    status: async (run) => (await server.api('GET', `/runs/${run}`)).as(RunStatusResponse),
    ended: (run, bounds) =>
      until(
        `the end of run ${run}`,
        async () => {
          const now = await server.status(run);
          return ['completed', 'failed', 'cancelled'].includes(now.status) ? now : undefined;
        },
        bounds,
      ),
    async events(run) {
      const all: LoggedEvent[] = [];
      for (;;) {
        const since = (all.at(-1)?.seq ?? 0) + 1;
        const page = (
          await server.api('GET', `/runs/${run}/events?limit=1000&since_seq=${since}`)
        ).as(EventPage);
        all.push(...page.data);
        if (!page.meta.has_more) return all;
      }
    },
    event: (run, type, node) =>
      until(`${type} of ${node ?? 'the run'}`, async () =>
        (await server.events(run)).find(
          (e) => e.event === type && (node === undefined || e.node_id === node),
        ),
      ),
    async kill() {
      process.kill(pid, 'SIGKILL');
      await exited;
    },
    async stop() {
      process.kill(pid, 'SIGTERM');
      return exited;
    },
    log: () => readFileSync(logFile, 'utf8'),
  };
  return server;
}

function storageOf(home: Home, options: StartOptions): string {
  return options.env?.['FABRO_STORAGE_DIR'] ?? home.storage;
}

async function readyLine(
  child: ChildProcess,
  exited: Promise<unknown>,
  logFile: string,
): Promise<z.infer<typeof Ready>> {
  if (child.stdout === null) throw new Error('the server has no standard output');
  const lines = createInterface({ input: child.stdout });
  const first = await lines[Symbol.asyncIterator]().next();
  const text: unknown = first.value;
  if (typeof text !== 'string') {
    await exited;
    throw new Error(`the server ended before it was ready: ${readFileSync(logFile, 'utf8')}`);
  }
  const value: unknown = JSON.parse(text);
  const refused = Refused.safeParse(value);
  if (refused.success) {
    await exited;
    throw new StartRefused(refused.data.error.code, refused.data.error.message);
  }
  return Ready.parse(value);
}
