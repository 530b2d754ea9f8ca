/** The storage root: made, held, and told apart from others. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdStorageRoot, type StorageLock } from '@fabro/journal/sqlite';
import { FabroError, messageOf } from '@fabro/protocol';
import { mintDevToken, parseDevToken } from '@fabro/settings';

export interface HeldRoot {
  readonly path: string;
  /** Names the root in the markers of child processes. */
  readonly id: string;
  readonly lock: StorageLock;
}

/** Throws `storage_unwritable` or `storage_locked`. */
export function holdRoot(path: string, freshId: () => string): HeldRoot {
  try {
    mkdirSync(join(path, 'logs'), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unwritable(path, error);
  }
  const lock = holdStorageRoot(path);
  try {
    return { path, id: rootId(join(path, 'root-id'), freshId), lock };
  } catch (error) {
    lock.release();
    throw error instanceof FabroError ? error : unwritable(path, error);
  }
}

function unwritable(path: string, cause: unknown): FabroError {
  return new FabroError(
    'storage_unwritable',
    `the storage root ${path} cannot be written (${messageOf(cause)}); choose another with --storage-dir or FABRO_STORAGE_DIR`,
    { cause },
  );
}

function rootId(file: string, freshId: () => string): string {
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (/^[\w-]{1,64}$/.test(known)) return known;
  const id = freshId();
  writeFileSync(file, `${id}\n`, { mode: 0o600 });
  return id;
}

/** FABRO_DEV_TOKEN, else the token in the root, minted there (0600) at the first start. Throws `invalid_settings`. */
export function devToken(
  root: string,
  given: string | undefined,
  randomBytes: (count: number) => Uint8Array,
): string {
  if (given !== undefined && given !== '') {
    const token = parseDevToken(given);
    if (token === undefined)
      throw new FabroError(
        'invalid_settings',
        'FABRO_DEV_TOKEN is no dev token: expected fabro_dev_ and 64 hexadecimal digits',
      );
    return token;
  }
  const file = join(root, 'server.dev-token');
  const known = existsSync(file) ? parseDevToken(readFileSync(file, 'utf8')) : undefined;
  if (known !== undefined) return known;
  const token = mintDevToken(randomBytes);
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** `server.json`: where commands find the running server. */
export function writeRecord(root: string, record: object): () => void {
  const file = join(root, 'server.json');
  writeFileSync(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}
