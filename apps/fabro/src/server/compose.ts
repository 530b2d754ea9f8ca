/** The composition root of the server: every adapter is chosen here and nowhere else. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OpenStreams, tokenAuthenticator } from '@fabro/http';
import { openSqliteJournal } from '@fabro/journal/sqlite';
import { createHookFetch } from '@fabro/engine/hook-fetch';
import { createGit } from '@fabro/git';
import { createProcesses } from '@fabro/process';
import { systemIds } from '@fabro/protocol';
import { DiskGuard, LiveHub, RUN_PROJECTIONS, createRunService, fileReserve } from '@fabro/runs';
import { createLocalSandbox } from '@fabro/sandbox/local';
import { createApp, createGraphRenderer, serve, type BoundAddress } from '@fabro/server';
import { redact, resolveEnvTemplates, secretsOf, type Env } from '@fabro/settings';
import { programVersion } from '../install-paths.js';
import { templateEngine } from '../template-engine.js';
import { systemClock } from './clock.js';
import { httpLogger, type Log } from './logger.js';
import { serverModels } from './models.js';
import type { ServerOptions } from './options.js';
import { devToken, holdRoot, writeRecord } from './storage-root.js';

export interface RunningFabro {
  readonly address: string;
  readonly version: string;
  /** Stops in order: no new requests, runs suspended, processes ended, journal closed. */
  close(): Promise<void>;
}

/** Starts a server. Rejects with FabroError; nothing is left open then. */
export async function startFabro(
  options: ServerOptions,
  env: Env,
  log: Log,
): Promise<RunningFabro> {
  const closing: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    return await start(options, env, log, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: ServerOptions,
  env: Env,
  log: Log,
  closing: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<RunningFabro> {
  const version = programVersion();
  const clock = systemClock;
  const root = holdRoot(options.storageRoot, () => systemIds.uuid());
  closing.push(() => root.lock.release());
  const token = devToken(root.path, env['FABRO_DEV_TOKEN'], randomBytes);

  const journal = await openSqliteJournal(join(root.path, 'journal.db'), {
    projections: RUN_PROJECTIONS,
  });
  closing.push(() => journal.close());
  const processes = createProcesses({ rootId: root.id });
  closing.push(() => processes.close());
  const leftovers = await processes.endLeftovers();
  if (leftovers.length > 0)
    log('warn', { leftovers }, 'ended processes that the last server left behind');

  const sandbox = (request: { readonly workdir: string; readonly scratchDir: string }) =>
    createLocalSandbox({ processes, baseEnv: env, ...request });
  const redactor = redact([...secretsOf(env), token]);
  const guard = new DiskGuard({
    journal,
    clock,
    ids: systemIds,
    storageRoot: root.path,
    reserve: fileReserve({ storageRoot: root.path, randomBytes }),
    log,
  });
  await guard.check();
  const runs = createRunService({
    gate: guard,
    journal,
    clock,
    ids: systemIds,
    live: new LiveHub(clock),
    models: serverModels(env, clock),
    git: createGit({
      sandbox: sandbox({ workdir: root.path, scratchDir: join(root.path, 'scratch', 'server') }),
    }),
    storageRoot: root.path,
    holder: `${root.id}:${process.pid}`,
    defaults: { templates: templateEngine(), ...options.runDefaults },
    env,
    envAllow: options.settings.server.env_allow,
    maxConcurrentRuns: options.maxConcurrentRuns,
    sandbox,
    hookFetch: createHookFetch(),
    random: Math.random,
    redact: (text) => redactor.text(text),
    log,
  });
  await runs.discardUnfinishedForks();

  const streams = new OpenStreams();
  const graphs = createGraphRenderer();
  closing.push(() => graphs.close());
  const namedUrl = options.settings.server.api?.url;
  const apiUrl =
    namedUrl === undefined ? undefined : resolveEnvTemplates(namedUrl, env, 'server.api.url');
  const app = createApp({
    runs: runs.service,
    graphs,
    streams,
    authenticate: tokenAuthenticator(token, 'dev'),
    clock,
    requestId: () => systemIds.uuid(),
    logger: httpLogger(log),
    ...(apiUrl === undefined ? {} : { apiUrl }),
    system: {
      version,
      pid: process.pid,
      os: process.platform,
      arch: process.arch,
      storageEngine: 'sqlite',
      storageDir: root.path,
      sandboxProvider: 'local',
      startedAtMs: clock.now(),
      runCounts: async () => ({
        total: journal.count({ table: 'runs' }),
        active: runs.queue.activeRuns,
      }),
    },
  });
  closing.push(() => runs.queue.stop());
  if (options.listen.kind === 'unix')
    mkdirSync(dirname(options.listen.path), { recursive: true, mode: 0o700 });
  const server = await serve(app, options.listen, { streams, logger: httpLogger(log) });
  closing.push(() => server.close());
  const address = addressText(server.address);
  closing.push(writeRecord(root.path, { pid: process.pid, address, version }));
  const watch = new AbortController();
  const watching = guard.watch({
    signal: watch.signal,
    spaceAgain: () => runs.queue.recover(),
  });
  closing.push(async () => {
    watch.abort();
    await watching;
  });
  runs.queue.recover();
  return { address, version, close };
}

function addressText(address: BoundAddress): string {
  return address.kind === 'unix' ? address.path : address.url;
}
