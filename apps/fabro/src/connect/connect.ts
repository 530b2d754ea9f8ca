/** From flags and environment to a server that answers. */
import { join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import type { ServerAddress } from '@fabro/settings';
import type { Api } from '../api.js';
import type { Io, ServerRecord } from '../io.js';
import { HEALTH_MS, POLL_MS, SERVER_START_MS } from '../limits.js';
import { addressText, parseAddress } from './address.js';
import { clientApi } from './client-api.js';
import { type StorageFiles, storageFiles } from './storage.js';
import { lookForServer } from './record.js';
import { cliSettings } from './settings.js';
import { devToken } from './token.js';

/** Flags of every command that talks to a server. */
export interface ServerFlags {
  readonly server?: string;
  readonly storageDir?: string;
}

export interface Connection {
  readonly api: Api;
  readonly address: ServerAddress;
  readonly storage: StorageFiles;
  /** The server that this command started; absent when one was up. */
  readonly started?: ServerRecord;
}

/**
 * Connects to `--server`, FABRO_SERVER or `[cli.target]`; else to the local server of the storage root,
 * which is started when none is up.
 */
export async function connect(
  io: Io,
  flags: ServerFlags,
  signal: AbortSignal,
): Promise<Connection> {
  const settings = await cliSettings(io, flags.storageDir);
  const storage = storageFiles(settings.storageRoot);
  const named =
    flags.server === undefined ? settings.target : parseAddress(flags.server, '--server');
  if (named !== undefined)
    return { api: await apiFor(io, storage, named), address: named, storage };
  const local = await findLocal(io, storage);
  if (local.state === 'running') return connection(io, storage, local.record);
  if (local.state === 'silent')
    throw new FabroError(
      'unavailable',
      `The server (pid ${local.record.pid}) does not answer at ${local.record.address}. Look into ${storage.serverLog}, or run \`fabro server restart\`.`,
      { cause: local.cause },
    );
  const started = await startOrJoin(io, storage, settings.listenIsSet, signal);
  const made = await connection(io, storage, started.record);
  return started.joined ? made : { ...made, started: started.record };
}

/** The local server as its record and its answer say. */
export function findLocal(io: Io, storage: StorageFiles) {
  return lookForServer(io, storage, async (record) => {
    const api = await apiFor(io, storage, parseAddress(record.address, storage.record));
    await api.health(AbortSignal.timeout(HEALTH_MS));
  });
}

/** A client for an address, with the credential that belongs to it. */
export async function apiFor(io: Io, storage: StorageFiles, address: ServerAddress): Promise<Api> {
  const [fetch, token] = await Promise.all([
    io.world.fetchFor(addressText(address)),
    devToken(io, storage, address),
  ]);
  return clientApi({ address, fetch, ...(token === undefined ? {} : { token }) });
}

/**
 * Starts the local server. When another process wins the race to start it, joins that one. When the server
 * of another storage root has the default socket, listens on one in its own root instead.
 */
async function startOrJoin(
  io: Io,
  storage: StorageFiles,
  listenIsSet: boolean,
  signal: AbortSignal,
): Promise<{ readonly record: ServerRecord; readonly joined: boolean }> {
  const options = { storageDir: storage.root };
  try {
    return { record: await io.world.launchServer(options, signal), joined: false };
  } catch (error) {
    if (!(error instanceof FabroError)) throw error;
    if (error.code === 'address_in_use' && !listenIsSet) {
      const bind = join(storage.root, 'fabro.sock');
      return { record: await io.world.launchServer({ ...options, bind }, signal), joined: false };
    }
    if (error.code !== 'storage_locked') throw error;
    const record = await otherServer(io, storage, signal);
    if (record === undefined) throw error;
    return { record, joined: true };
  }
}

async function otherServer(
  io: Io,
  storage: StorageFiles,
  signal: AbortSignal,
): Promise<ServerRecord | undefined> {
  const limit = io.clock.now() + SERVER_START_MS / 3;
  while (io.clock.now() < limit) {
    const local = await findLocal(io, storage);
    if (local.state === 'running') return local.record;
    await io.clock.sleepUntil(io.clock.now() + POLL_MS, signal);
  }
  return undefined;
}

async function connection(
  io: Io,
  storage: StorageFiles,
  record: ServerRecord,
): Promise<Connection> {
  const address = parseAddress(record.address, storage.record);
  return { api: await apiFor(io, storage, address), address, storage };
}
