/** Reads by a connection of its own, read-only: a reader never waits for the writer, nor it for a reader. */
import { eventSeq, streamId, type BlobHash, type EventSeq, type StreamId } from '@fabro/protocol';
import { eventLine, upcast } from '../event-line.js';
import { MAX_READ_EVENTS, MAX_SELECT_ROWS } from '../limits.js';
import type { SnapshotDraft, StoredEvent, StreamInfo, Upcasters } from '../port.js';
import type { Cell, Row, Selection, TableSpec } from '../table.js';
import type { Database, Statement } from './database.js';
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

export class Reader {
  readonly #db: Database;
  readonly #upcasters: Upcasters;
  readonly #tables: ReadonlyMap<string, TableSpec>;
  readonly #statements = new Map<string, Statement>();

  constructor(db: Database, tables: readonly TableSpec[], upcasters: Upcasters) {
    this.#db = db;
    this.#upcasters = upcasters;
    this.#tables = new Map(tables.map((t) => [t.name, t]));
  }

  read(stream: StreamId, after: EventSeq, limit: number): readonly StoredEvent[] {
    const rows = this.#prepare(
      `SELECT ${EVENT_COLUMNS} FROM streams s JOIN events e ON e.stream_no = s.no WHERE s.id = ? AND e.seq > ? ORDER BY e.seq LIMIT ?`,
    ).all(stream, after, Math.min(limit, MAX_READ_EVENTS)) as EventRow[];
    return rows.map((row) => this.#event(row));
  }

  readAll(afterPosition: number, limit: number): readonly StoredEvent[] {
    const rows = this.#prepare(
      `SELECT ${EVENT_COLUMNS} FROM events e JOIN streams s ON s.no = e.stream_no WHERE e.position > ? ORDER BY e.position LIMIT ?`,
    ).all(afterPosition, Math.min(limit, MAX_READ_EVENTS)) as EventRow[];
    return rows.map((row) => this.#event(row));
  }

  lastSeq(stream: StreamId): EventSeq {
    const row = this.#prepare('SELECT last_seq FROM streams WHERE id = ?').get(stream) as
      | { last_seq: number }
      | undefined;
    return storedSeq(row?.last_seq ?? 0);
  }

  lastPosition(): number {
    const row = this.#prepare('SELECT max(position) AS p FROM events').get() as
      | { p: number | null }
      | undefined;
    return row?.p ?? 0;
  }

  snapshot(stream: StreamId): SnapshotDraft | undefined {
    const row = this.#prepare(
      'SELECT n.version, n.seq, n.body FROM snapshots n JOIN streams s ON s.no = n.stream_no WHERE s.id = ?',
    ).get(stream) as { version: number; seq: number; body: string } | undefined;
    return row === undefined
      ? undefined
      : { version: row.version, seq: storedSeq(row.seq), body: row.body };
  }

  blob(hash: BlobHash): Uint8Array | undefined {
    const row = this.#prepare('SELECT bytes FROM blobs WHERE hash = ?').get(hash) as
      | { bytes: Uint8Array }
      | undefined;
    return row?.bytes;
  }

  refersTo(stream: StreamId, hash: BlobHash): boolean {
    const row = this.#prepare(
      'SELECT 1 AS yes FROM blob_refs r JOIN streams s ON s.no = r.stream_no WHERE s.id = ? AND r.hash = ?',
    ).get(stream, hash);
    return row !== undefined;
  }

  select(selection: Selection): readonly Row[] {
    const table = this.#table(selection.table);
    const sql = selectSql(
      table,
      { ...selection, limit: Math.min(selection.limit, MAX_SELECT_ROWS) },
      false,
    );
    const rows = this.#prepare(sql.text).all(...sql.params) as Record<string, Cell>[];
    return rows.map(({ __stream, ...cells }) => ({ stream: String(__stream), cells }));
  }

  count(selection: Pick<Selection, 'table' | 'where'>): number {
    const sql = selectSql(this.#table(selection.table), selection, true);
    const row = this.#prepare(sql.text).get(...sql.params) as { n: number } | undefined;
    return row?.n ?? 0;
  }

  streams(limit: number, after: StreamId | undefined): readonly StreamInfo[] {
    const rows = this.#prepare(
      `SELECT s.id, s.last_seq, s.bytes FROM streams s WHERE s.id > ? ORDER BY s.id LIMIT ?`,
    ).all(after ?? '', Math.min(limit, MAX_SELECT_ROWS)) as {
      id: string;
      last_seq: number;
      bytes: number;
    }[];
    return rows.map((row) => ({
      stream: streamId(row.id),
      lastSeq: storedSeq(row.last_seq),
      bytes: row.bytes,
    }));
  }

  close(): void {
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

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
