/** What the command line itself takes from the user's settings. */
import { resolve } from 'node:path';
import { FabroError, messageOf } from '@fabro/protocol';
import {
  type ServerAddress,
  type SettingsLayer,
  parseSettings,
  serverAddress,
  settingsPath,
  storageRoot,
} from '@fabro/settings';
import type { Io } from '../io.js';
import { readSource } from '../manifest/read-source.js';
import { withoutApiPath } from './address.js';

export interface CliSettings {
  readonly storageRoot: string;
  /** FABRO_SERVER or `[cli.target]`; absent means the local server. */
  readonly target?: ServerAddress;
  /** True when `[server.listen]` says where the local server listens. */
  readonly listenIsSet: boolean;
}

/** Reads the user's settings file; undefined when there is none. An explicit FABRO_CONFIG must exist. */
export async function userSettings(
  io: Io,
): Promise<{ readonly layer: SettingsLayer; readonly source: string } | undefined> {
  const path = settingsPath(io.env, io.cwd);
  const source = await readSource(path, 'settings file');
  if (source === undefined) {
    if (!io.env['FABRO_CONFIG']) return undefined;
    throw new FabroError('invalid_settings', `FABRO_CONFIG names ${path}, which does not exist.`);
  }
  return { layer: parseSettings(source, path), source };
}

/** Storage root and server of this command. `storageDir` is the flag. */
export async function cliSettings(io: Io, storageDir?: string): Promise<CliSettings> {
  const tables = (await userSettings(io))?.layer.settings ?? {};
  const env =
    storageDir === undefined
      ? io.env
      : { ...io.env, FABRO_STORAGE_DIR: resolve(io.cwd, storageDir) };
  const root = storageRoot(env, tables, io.cwd);
  const listenIsSet = tables.server?.listen !== undefined;
  if (!io.env['FABRO_SERVER'] && tables.cli?.target === undefined)
    return { storageRoot: root, listenIsSet };
  try {
    const target = withoutApiPath(serverAddress(io.env, tables));
    return { storageRoot: root, listenIsSet, target };
  } catch (cause) {
    if (!(cause instanceof FabroError) || !io.env['FABRO_SERVER']) throw cause;
    throw new FabroError(cause.code, `FABRO_SERVER: ${messageOf(cause)}`, { cause });
  }
}
