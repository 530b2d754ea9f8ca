/** Reads by a connection of its own, read-only: a reader never waits for the writer, nor it for a reader. */
import {
  FabroError,
  eventSeq,
  streamId,
  type BlobHash,
  type EventSeq,
  type StreamId,
} from '@fabro/protocol';
import { boundedLimit } from '../check.js';
import { eventLine, upcast } from '../event-line.js';
import { MAX_READ_EVENTS, MAX_SELECT_ROWS } from '../limits.js';
import type { SnapshotDraft, StoredEvent, StreamInfo, Upcasters, ReadOptions } from '../port.js';
import type { Cell, Row, Selection, TableSpec } from '../table.js';
import type { Database, SqlValue, Statement } from './database.js';
import { storageError } from './errors.js';
import { selectSql } from './tables.js';

interface EventRow {
  readonly position: number;
  readonly seq: number;
  readonly outside: number;
  readonly type: string;
  readonly body: string;
  readonly stream: string;
}

/** A number that this journal wrote as a sequence number. */
export function storedSeq(value: number): EventSeq {
  const seq = eventSeq(value);
  if (seq === undefined) throw new RangeError(`sequence number ${value} is no integer from 0`);
  return seq;
}

const EVENT_COLUMNS = 'e.position, e.seq, e.outside, e.type, e.body, s.id AS stream';

/** Statements the cache may hold: far more than the server's own queries. */
const MAX_STATEMENTS = 500;

export class Reader {
  readonly #db: Database;
  readonly #upcasters: Upcasters;
  readonly #tables: ReadonlyMap<string, TableSpec>;
  readonly #statements = new Map<string, Statement>();
  readonly #path: string;
  #closed = false;

  constructor(db: Database, path: string, tables: readonly TableSpec[], upcasters: Upcasters) {
    this.#db = db;
    this.#path = path;
    this.#upcasters = upcasters;
    this.#tables = new Map(tables.map((t) => [t.name, t]));
  }

  read(stream: StreamId, { after, limit, origin }: ReadOptions): readonly StoredEvent[] {
    const filter = origin === undefined ? '' : ` AND e.outside = ${origin === 'outside' ? 1 : 0}`;
    const rows = this.#all(
      `SELECT ${EVENT_COLUMNS} FROM streams s JOIN events e ON e.stream_no = s.no WHERE s.id = ? AND e.seq > ?${filter} ORDER BY e.seq LIMIT ?`,
      stream,
      after,
      boundedLimit(limit, MAX_READ_EVENTS),
    ) as EventRow[];
    return rows.map((row) => this.#event(row));
  }

  readAll(afterPosition: number, limit: number): readonly StoredEvent[] {
    const rows = this.#all(
      `SELECT ${EVENT_COLUMNS} FROM events e JOIN streams s ON s.no = e.stream_no WHERE e.position > ? ORDER BY e.position LIMIT ?`,
      afterPosition,
      boundedLimit(limit, MAX_READ_EVENTS),
    ) as EventRow[];
    return rows.map((row) => this.#event(row));
  }

  lastSeq(stream: StreamId): EventSeq {
    const row = this.#get(
      'SELECT max(e.seq) AS seq FROM streams s JOIN events e ON e.stream_no = s.no WHERE s.id = ?',
      stream,
    ) as { seq: number | null } | undefined;
    return storedSeq(row?.seq ?? 0);
  }

  lastPosition(): number {
    const row = this.#get('SELECT max(position) AS p FROM events') as
      | { p: number | null }
      | undefined;
    return row?.p ?? 0;
  }

  snapshot(stream: StreamId): SnapshotDraft | undefined {
    const row = this.#get(
      'SELECT n.version, n.seq, n.body FROM snapshots n JOIN streams s ON s.no = n.stream_no WHERE s.id = ?',
      stream,
    ) as { version: number; seq: number; body: string } | undefined;
    return row === undefined
      ? undefined
      : { version: row.version, seq: storedSeq(row.seq), body: row.body };
  }

  blob(hash: BlobHash): Uint8Array | undefined {
    const row = this.#get('SELECT bytes FROM blobs WHERE hash = ?', hash) as
      | { bytes: Uint8Array }
      | undefined;
    return row?.bytes;
  }

  refersTo(stream: StreamId, hash: BlobHash): boolean {
    const row = this.#get(
      'SELECT 1 AS yes FROM blob_refs r JOIN streams s ON s.no = r.stream_no WHERE s.id = ? AND r.hash = ?',
      stream,
      hash,
    );
    return row !== undefined;
  }

  select(selection: Selection): readonly Row[] {
    const table = this.#table(selection.table);
    const sql = selectSql(
      table,
      { ...selection, limit: boundedLimit(selection.limit, MAX_SELECT_ROWS) },
      false,
    );
    const rows = this.#all(sql.text, ...sql.params) as Record<string, Cell>[];
    return rows.map(({ __stream, ...cells }) => ({ stream: String(__stream), cells }));
  }

  count(selection: Pick<Selection, 'table' | 'where'>): number {
    const sql = selectSql(this.#table(selection.table), selection, true);
    const row = this.#get(sql.text, ...sql.params) as { n: number } | undefined;
    return row?.n ?? 0;
  }

  streams(limit: number, after: StreamId | undefined): readonly StreamInfo[] {
    const rows = this.#all(
      `SELECT s.id,
         (SELECT max(e.seq) FROM events e WHERE e.stream_no = s.no) AS last_seq,
         (SELECT total(octet_length(e.body)) FROM events e WHERE e.stream_no = s.no)
           + (SELECT total(octet_length(b.bytes)) FROM blob_refs r JOIN blobs b ON b.hash = r.hash WHERE r.stream_no = s.no) AS bytes
       FROM streams s WHERE s.id > ? ORDER BY s.id LIMIT ?`,
      after ?? '',
      boundedLimit(limit, MAX_SELECT_ROWS),
    ) as {
      id: string;
      last_seq: number | null;
      bytes: number;
    }[];
    return rows.map((row) => ({
      stream: streamId(row.id),
      lastSeq: storedSeq(row.last_seq ?? 0),
      bytes: row.bytes,
    }));
  }

  /** Later reads throw `unavailable`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    this.#db.close();
  }

  #event(row: EventRow): StoredEvent {
    return {
      stream: streamId(row.stream),
      seq: storedSeq(row.seq),
      position: row.position,
      type: row.type,
      origin: row.outside === 1 ? 'outside' : 'owner',
      json: eventLine(row.seq, upcast(row.type, row.body, this.#upcasters)),
    };
  }

  #table(name: string): TableSpec {
    const table = this.#tables.get(name);
    if (table === undefined) throw new TypeError(`no projection declares a table "${name}"`);
    return table;
  }

  #all(sql: string, ...params: readonly SqlValue[]): unknown[] {
    return this.#reading(() => this.#prepare(sql).all(...params));
  }

  #get(sql: string, ...params: readonly SqlValue[]): unknown {
    return this.#reading(() => this.#prepare(sql).get(...params));
  }

  /** A page that cannot be read is the file's damage, and is told as such. */
  #reading<T>(work: () => T): T {
    if (this.#closed) throw new FabroError('unavailable', `${this.#path}: the journal is closed`);
    try {
      return work();
    } catch (error) {
      throw storageError(error, this.#path);
    }
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    // Lists of values make texts without end.
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
