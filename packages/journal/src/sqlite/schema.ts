/** Migrations: numbered, frozen once released, each in its own transaction. */
import { FabroError } from '@fabro/protocol';
import type { Database } from './database.js';

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE streams (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL DEFAULT 0,
    holder TEXT,
    expires_at INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    outside INTEGER NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE UNIQUE INDEX events_by_stream ON events (stream_no, seq);
  CREATE TABLE snapshots (
    stream_no INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  CREATE TABLE blobs (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE blob_refs (
    stream_no INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (stream_no, hash)
  ) WITHOUT ROWID;
  CREATE INDEX blob_refs_by_hash ON blob_refs (hash);
  CREATE TABLE projections (name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
  `,
];

/** Settings that must come before the first page is written, and those of every connection. */
export function configureWriter(db: Database): void {
  const isNew = numberOf(db, 'PRAGMA page_count') === 0;
  if (isNew) db.exec('PRAGMA auto_vacuum = INCREMENTAL');
  db.exec('PRAGMA journal_mode = WAL');
  // FULL syncs the log at every commit; the two fullfsync settings make that mean the platter on macOS.
  db.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1');
  db.exec('PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000');
  // Checkpoints are the writer's own business (it does them when idle), so that a commit costs one sync.
  db.exec('PRAGMA wal_autocheckpoint = 0');
}

/** Brings the schema up to date. Throws FabroError `storage_corrupt` for a file from a newer release. */
export function migrate(db: Database, path: string): void {
  const version = numberOf(db, 'PRAGMA user_version');
  if (version > MIGRATIONS.length)
    throw new FabroError(
      'storage_corrupt',
      `${path}: written by a newer release (schema ${version}, this release knows ${MIGRATIONS.length}). Upgrade Fabro.`,
    );
  for (let next = version; next < MIGRATIONS.length; next++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(MIGRATIONS[next] ?? '');
      db.exec(`PRAGMA user_version = ${next + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      // A full disk makes SQLite roll back by itself.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** The single number that a statement gives. */
export function numberOf(db: Database, sql: string): number {
  const row = db.prepare(sql).get();
  const value: unknown =
    typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined;
  return typeof value === 'number' ? value : Number(value ?? 0);
}
