/** The reserve as a file: space that is really taken, so that removing it really gives some back. */
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reserve } from './disk-guard.js';
import { DISK_RESERVE_BYTES } from './limits.js';

export interface FileReserveOptions {
  readonly storageRoot: string;
  /** Bytes that no file system stores in less space than they have. */
  randomBytes(count: number): Uint8Array;
  /** Default DISK_RESERVE_BYTES. */
  readonly bytes?: number;
}

/** The file `reserve` in the storage root. */
export function fileReserve(options: FileReserveOptions): Reserve {
  const { storageRoot, randomBytes, bytes = DISK_RESERVE_BYTES } = options;
  const path = join(storageRoot, 'reserve');
  return {
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(storageRoot);
      return bavail * bsize;
    },
    exists: async () => {
      const found = await stat(path).catch(() => undefined); // Not there.
      return found?.size === bytes;
    },
    write: async () => {
      const file = await open(path, 'w', 0o600);
      try {
        await file.writeFile(randomBytes(bytes));
        await file.sync();
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
    },
    remove: () => rm(path, { force: true }),
  };
}
