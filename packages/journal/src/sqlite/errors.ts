/** SQLite's failures in the product's words. */
import { FabroError, messageOf } from '@fabro/protocol';

/** Turns a failure of the file at `path` into a FabroError; others stay what they are. */
export function storageError(error: unknown, path: string): Error {
  if (error instanceof FabroError) return error;
  const message = messageOf(error);
  if (/disk is full|SQLITE_FULL|ENOSPC/i.test(message))
    return new FabroError(
      'storage_full',
      `${path}: the disk is full; free space, the server goes on by itself`,
      { cause: error },
    );
  if (/malformed|not a database|SQLITE_CORRUPT|SQLITE_NOTADB|disk image/i.test(message))
    return new FabroError(
      'storage_corrupt',
      `${path}: the file is damaged (${message}). Restore it from a backup, or move it away to start with an empty journal.`,
      { cause: error },
    );
  if (
    /readonly|read-only|unable to open|SQLITE_CANTOPEN|EACCES|EROFS|permission denied/i.test(
      message,
    )
  )
    return new FabroError(
      'storage_unwritable',
      `${path}: cannot be opened for writing (${message}). Check the folder's owner and mode.`,
      { cause: error },
    );
  return error instanceof Error ? error : new Error(message);
}
