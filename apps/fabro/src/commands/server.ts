/** `fabro server start|stop|restart|status`. */
import { resolve } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { findLocal } from '../connect/connect.js';
import { cliSettings } from '../connect/settings.js';
import { type StorageFiles, storageFiles } from '../connect/storage.js';
import { type Context, printJson, printLines, say } from '../context.js';
import type { Io, LaunchOptions, ServerRecord } from '../io.js';
import { POLL_MS } from '../limits.js';
import { never } from './attach.js';

export interface StatusOptions {
  readonly storageDir?: string;
}

export interface StartOptions extends StatusOptions {
  readonly bind?: string;
  readonly config?: string;
  readonly foreground?: boolean;
  readonly maxConcurrentRuns?: number;
  readonly model?: string;
  readonly provider?: string;
  readonly sandbox?: string;
}

export interface StopOptions extends StatusOptions {
  /** Seconds. */
  readonly timeout: number;
}

/** Starts the server; rejects with `conflict` when one is running. */
export async function serverStart(context: Context, options: StartOptions): Promise<number> {
  const { io } = context;
  const storage = await storageOf(context, options);
  const local = await findLocal(io, storage);
  if (local.state !== 'stopped')
    throw new FabroError(
      'conflict',
      `A server is already running (pid ${local.record.pid}, ${local.record.address}). Stop it with \`fabro server stop\`, or choose another --storage-dir and --bind.`,
    );
  const launch = launchOptions(io, storage, options);
  if (options.foreground === true) return foreground(context, launch);
  report(context, await io.world.launchServer(launch, never()), 'Server started');
  return 0;
}

/** Stops the server and waits until it is gone; 1 when none is running. */
export async function serverStop(context: Context, options: StopOptions): Promise<number> {
  const stopped = await stop(context.io, await storageOf(context, options), options.timeout);
  if (stopped === undefined) return notRunning(context);
  if (context.json) printJson(context.io, { running: false, pid: stopped.pid });
  else say(context, `Server stopped (pid ${stopped.pid}).`);
  return 0;
}

/** Stops the server if one runs, then starts it. */
export async function serverRestart(
  context: Context,
  options: StartOptions & StopOptions,
): Promise<number> {
  await stop(context.io, await storageOf(context, options), options.timeout);
  return serverStart(context, options);
}

/** Says whether the server runs; 1 when it does not, or does not answer. */
export async function serverStatus(context: Context, options: StatusOptions): Promise<number> {
  const local = await findLocal(context.io, await storageOf(context, options));
  if (local.state === 'stopped') return notRunning(context);
  const { pid, address, version } = local.record;
  if (context.json)
    printJson(context.io, { running: local.state === 'running', pid, address, version });
  else if (local.state === 'running')
    printLines(context.io, [`running: pid ${pid}, ${address}, version ${version}`]);
  else printLines(context.io, [`pid ${pid} lives but does not answer at ${address}`]);
  return local.state === 'running' ? 0 : 1;
}

async function storageOf({ io }: Context, options: StatusOptions): Promise<StorageFiles> {
  return storageFiles((await cliSettings(io, options.storageDir)).storageRoot);
}

function launchOptions(io: Io, storage: StorageFiles, options: StartOptions): LaunchOptions {
  return {
    storageDir: storage.root,
    ...(options.bind === undefined ? {} : { bind: options.bind }),
    ...(options.config === undefined ? {} : { config: resolve(io.cwd, options.config) }),
    ...(options.maxConcurrentRuns === undefined
      ? {}
      : { maxConcurrentRuns: options.maxConcurrentRuns }),
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.provider === undefined ? {} : { provider: options.provider }),
    ...(options.sandbox === undefined ? {} : { sandbox: options.sandbox }),
  };
}

async function foreground(context: Context, launch: LaunchOptions): Promise<number> {
  const server = await context.io.world.foregroundServer(launch);
  const offInterrupt = context.io.onInterrupt(() => server.stop());
  try {
    const record = await server.ready;
    report(context, record, 'Server running; Ctrl-C stops it');
    return await server.ended;
  } finally {
    offInterrupt();
  }
}

function report(context: Context, record: ServerRecord, text: string): void {
  if (context.json) printJson(context.io, { running: true, ...record });
  else say(context, `${text} (pid ${record.pid}, ${record.address}, version ${record.version}).`);
}

function notRunning(context: Context): number {
  if (context.json) printJson(context.io, { running: false });
  else context.io.stderr.write('The server is not running. Start it with `fabro server start`.\n');
  return 1;
}

/** Ends the server of a storage root: TERM, then KILL after `seconds`. Undefined when none was running. */
export async function stop(
  io: Io,
  storage: StorageFiles,
  seconds: number,
): Promise<ServerRecord | undefined> {
  const local = await findLocal(io, storage);
  if (local.state === 'stopped') return undefined;
  const { record } = local;
  if (local.state === 'silent' && !(await isServerProcess(io, record.pid))) return undefined;
  io.world.kill(record.pid, 'SIGTERM');
  if (await gone(io, record.pid, seconds * 1000)) return record;
  // Nothing is lost: what was acknowledged is in the journal, and the next start recovers the rest.
  io.world.kill(record.pid, 'SIGKILL');
  if (await gone(io, record.pid, 5000)) return record;
  throw new FabroError(
    'unavailable',
    `The server (pid ${record.pid}) does not end; end it by hand.`,
  );
}

/** A silent pid may belong to another program by now: a record can outlive a crash and a reboot. */
async function isServerProcess(io: Io, pid: number): Promise<boolean> {
  const { stdout } = await io.world.runProgram('ps', ['-o', 'args=', '-p', String(pid)]);
  return stdout.includes('server-main');
}

async function gone(io: Io, pid: number, ms: number): Promise<boolean> {
  const limit = io.clock.now() + ms;
  while (io.world.isAlive(pid)) {
    if (io.clock.now() >= limit) return false;
    await io.clock.sleepUntil(io.clock.now() + POLL_MS, never());
  }
  return true;
}
