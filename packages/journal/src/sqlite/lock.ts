/**
 * The storage root's lock: an open exclusive transaction on `lock.db`. The kernel releases it when the
 * process dies, however it dies, so that the next server may recover at once.
 */
import { join } from 'node:path';
import { FabroError, messageOf } from '@fabro/protocol';
import { openDatabase, type Database } from './database.js';
import { storageError } from './errors.js';

export interface StorageLock {
  release(): void;
}

/** Held for the life of the process: a connection that is collected as garbage would give up its lock. */
const held = new Set<Database>();

/** Throws FabroError `storage_locked` when another server holds the root, `storage_unwritable` when it cannot be written. */
export function holdStorageRoot(root: string): StorageLock {
  const path = join(root, 'lock.db');
  try {
    const db = openDatabase(path, { readOnly: false });
    try {
      db.exec('PRAGMA locking_mode = EXCLUSIVE');
      db.exec('PRAGMA busy_timeout = 0');
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      throw error;
    }
    held.add(db);
    return {
      release: () => {
        if (held.delete(db)) db.close();
      },
    };
  } catch (error) {
    if (/locked|busy/i.test(messageOf(error)))
      throw new FabroError(
        'storage_locked',
        `${root}: another server holds this storage root; stop it with \`fabro server stop\` or choose another --storage-dir`,
        { cause: error },
      );
    throw storageError(error, path);
  }
}
