/** The one file that knows which SQLite binding runs: Node's own from 22.13 on, the same API from npm before. */
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A value that SQLite stores. */
export type SqlValue = null | number | string | Uint8Array;

/** The part of a prepared statement that the journal uses. */
export interface Statement {
  run(...params: SqlValue[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  get(...params: SqlValue[]): unknown;
  all(...params: SqlValue[]): unknown[];
}

/** The part of a connection that the journal uses. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
  readonly isTransaction: boolean;
}

type Binding = {
  readonly DatabaseSync: new (path: string, options?: { readonly readOnly?: boolean }) => Database;
};

function hasBuiltIn(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 13);
}

/** Opens a database file, made for its owner's eyes only; throws the binding's error. */
export function openDatabase(path: string, options: { readonly readOnly: boolean }): Database {
  const require = createRequire(import.meta.url);
  const binding = (
    hasBuiltIn(process.versions.node) ? require('node:sqlite') : require('@photostructure/sqlite')
  ) as Binding;
  if (!options.readOnly) createPrivate(path);
  return new binding.DatabaseSync(path, options.readOnly ? { readOnly: true } : {});
}

/**
 * SQLite makes files as the umask says, and its log beside them with the mode of the main file. An existing
 * file is not opened: closing a second descriptor would give up this process's locks on it.
 */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch {
    // It exists, or it cannot be made: then SQLite says why, with the codes that the journal knows.
  }
}
