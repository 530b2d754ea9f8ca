/** `fabro version`. */
import { FabroError } from '@fabro/protocol';
import { addressText, parseAddress } from '../connect/address.js';
import { type ServerFlags, apiFor, findLocal } from '../connect/connect.js';
import { cliSettings } from '../connect/settings.js';
import { storageFiles } from '../connect/storage.js';
import { type Context, printJson, printLines } from '../context.js';
import { programVersion } from '../install-paths.js';

/** Prints the version of this program and that of the server: the one that is named, else the local one if it runs. */
export async function versionCommand(context: Context, options: ServerFlags): Promise<number> {
  const { io } = context;
  const version = programVersion();
  const server = await serverVersion(context, options).catch((error: unknown) => {
    // A settings file that is broken is for the commands that need it, unless it is to say which server is meant.
    if (options.server !== undefined || !isBrokenSettings(error)) throw error;
    return undefined;
  });
  if (context.json)
    printJson(io, {
      version,
      node: process.versions.node,
      ...(server === undefined ? {} : { server }),
    });
  else
    printLines(io, [
      `fabro ${version}`,
      ...(server === undefined ? [] : [`server ${server.version} (${server.address})`]),
    ]);
  return 0;
}

function isBrokenSettings(error: unknown): boolean {
  return error instanceof FabroError && error.code === 'invalid_settings';
}

async function serverVersion(
  { io }: Context,
  options: ServerFlags,
): Promise<{ readonly version: string; readonly address: string } | undefined> {
  const settings = await cliSettings(io, options.storageDir);
  const storage = storageFiles(settings.storageRoot);
  const named =
    options.server === undefined ? settings.target : parseAddress(options.server, '--server');
  if (named !== undefined) {
    const { version } = await (await apiFor(io, storage, named)).systemInfo();
    return { version, address: addressText(named) };
  }
  const local = await findLocal(io, storage);
  if (local.state !== 'running') return undefined;
  const { version, address } = local.record;
  return { version, address };
}
