/** The credential for a server. */
import { readFile } from 'node:fs/promises';
import { FabroError } from '@fabro/protocol';
import type { ServerAddress } from '@fabro/settings';
import type { Io } from '../io.js';
import { isLocal } from './address.js';
import type { StorageFiles } from './storage.js';

/**
 * FABRO_DEV_TOKEN, else the token that the local server minted. The minted one is never sent to another
 * host. Undefined when there is none.
 */
export async function devToken(
  io: Io,
  files: StorageFiles,
  address: ServerAddress,
): Promise<string | undefined> {
  const given = io.env['FABRO_DEV_TOKEN'];
  if (given !== undefined && given !== '') return given;
  if (!isLocal(address)) return undefined;
  try {
    const token = (await readFile(files.devToken, 'utf8')).trim();
    return token === '' ? undefined : token;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new FabroError(
      'unauthenticated',
      `Cannot read ${files.devToken}; run as the user who started the server, or set FABRO_DEV_TOKEN.`,
      { cause: error },
    );
  }
}
