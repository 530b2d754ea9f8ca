/** The one file that knows which SQLite binding runs: Node's own from 22.13 on, the same API from npm before. */
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

/** Opens a database file; throws the binding's error. */
export function openDatabase(path: string, options: { readonly readOnly: boolean }): Database {
  const require = createRequire(import.meta.url);
  const binding = require(
    hasBuiltIn(process.versions.node) ? 'node:sqlite' : '@photostructure/sqlite',
  ) as Binding;
  return new binding.DatabaseSync(path, options.readOnly ? { readOnly: true } : {});
}
