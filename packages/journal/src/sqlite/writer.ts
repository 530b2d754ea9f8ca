/**
 * The writer: all that changes the file, as plain synchronous functions over one connection. One batch is one
 * transaction; an append that is refused leaves no trace and its neighbours go on.
 */
import type { BlobHash, StreamId } from '@fabro/protocol';
import type { LeaseResult, Precondition } from '../port.js';
import type { Cell, TableSpec } from '../table.js';
import type { Database, Statement } from './database.js';
import { changeStatement, type ChangeStatement, type ShapedChange } from './change-shape.js';
import type { WriteAppend } from './pack.js';
import { numberOf } from './schema.js';

/** What became of one append of a batch. */
export type WriteResult =
  | { readonly ok: true; readonly firstSeq: number; readonly firstPosition: number }
  | { readonly ok: false; readonly reason: 'lease_lost'; readonly epoch: number }
  | {
      readonly ok: false;
      readonly reason: 'precondition_failed';
      readonly precondition: Precondition;
      readonly actual: Cell | undefined;
    }
  | { readonly ok: false; readonly reason: 'error'; readonly error: unknown };

export interface LeaseRequest {
  readonly stream: StreamId;
  readonly holder: string;
  readonly nowMs: number;
  readonly ttlMs: number;
  readonly takeOver: boolean;
}

/** A stream as the one writer of the file knows it, without asking the file again. */
interface StreamRow {
  readonly no: number;
  lastSeq: number;
  epoch: number;
}

/** Streams kept known: more than run at once; an unknown one costs a look-up. */
const MAX_KNOWN_STREAMS = 1_000;

/** Statements a cache may hold: far more than the declared tables can produce. */
const MAX_STATEMENTS = 500;

export class Writer {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement>();
  readonly #changes = new Map<string, { readonly run: Statement; readonly of: ChangeStatement }>();
  readonly #streams = new Map<StreamId, StreamRow>();
  /** Position of the newest event of all streams, deleted ones included: cursors never go back. */
  #position: number | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Applies a batch in one transaction; on a failure of SQLite itself, each append in its own. */
  applyBatch(appends: readonly WriteAppend[]): readonly WriteResult[] {
    try {
      return this.#transaction(() => appends.map((append) => this.#apply(append)));
    } catch (error) {
      if (appends.length === 1) return [{ ok: false, reason: 'error', error }];
      return appends.flatMap((append) => this.applyBatch([append]));
    }
  }

  acquireLease(request: LeaseRequest): LeaseResult {
    this.#streams.delete(request.stream);
    return this.#transaction(() => {
      this.#prepare('INSERT INTO streams (id) VALUES (?) ON CONFLICT (id) DO NOTHING').run(
        request.stream,
      );
      const row = this.#prepare('SELECT epoch, holder, expires_at FROM streams WHERE id = ?').get(
        request.stream,
      ) as { epoch: number; holder: string | null; expires_at: number } | undefined;
      if (row === undefined)
        throw new Error(`stream ${request.stream} vanished inside a transaction`);
      const free =
        row.holder === null || row.holder === request.holder || row.expires_at <= request.nowMs;
      if (!free && !request.takeOver)
        return { ok: false, holder: row.holder ?? '', expiresAt: row.expires_at };
      const epoch = row.epoch + 1;
      this.#prepare('UPDATE streams SET epoch = ?, holder = ?, expires_at = ? WHERE id = ?').run(
        epoch,
        request.holder,
        request.nowMs + request.ttlMs,
        request.stream,
      );
      return { ok: true, epoch };
    });
  }

  renewLease(stream: StreamId, epoch: number, expiresAt: number): boolean {
    const done = this.#prepare(
      'UPDATE streams SET expires_at = ? WHERE id = ? AND epoch = ? AND holder IS NOT NULL',
    ).run(expiresAt, stream, epoch);
    return Number(done.changes) === 1;
  }

  releaseLease(stream: StreamId, epoch: number): void {
    this.#prepare(
      'UPDATE streams SET holder = NULL, expires_at = 0 WHERE id = ? AND epoch = ?',
    ).run(stream, epoch);
  }

  deleteStream(stream: StreamId, tables: readonly TableSpec[]): void {
    this.#transaction(() => {
      const row = this.#prepare('SELECT no FROM streams WHERE id = ?').get(stream) as
        | { no: number }
        | undefined;
      if (row === undefined) return;
      this.#streams.delete(stream);
      this.#prepare(
        `INSERT INTO meta (key, value) VALUES ('position', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      ).run(String(this.#lastPosition()));
      for (const table of tables)
        this.#prepare(`DELETE FROM p_${table.name} WHERE stream_no = ?`).run(row.no);
      this.#prepare('DELETE FROM events WHERE stream_no = ?').run(row.no);
      this.#prepare('DELETE FROM snapshots WHERE stream_no = ?').run(row.no);
      this.#prepare(
        `DELETE FROM blobs WHERE hash IN (SELECT hash FROM blob_refs WHERE stream_no = ?1)
           AND NOT EXISTS (SELECT 1 FROM blob_refs r WHERE r.hash = blobs.hash AND r.stream_no <> ?1)`,
      ).run(row.no);
      this.#prepare('DELETE FROM blob_refs WHERE stream_no = ?').run(row.no);
      this.#prepare('DELETE FROM streams WHERE no = ?').run(row.no);
    });
  }

  /** Applies row changes of events that are already stored, in one transaction (rebuilding a projection). */
  applyChanges(
    changes: readonly {
      readonly streamNo: number;
      readonly seq: number;
      readonly change: ShapedChange;
    }[],
  ): void {
    this.#transaction(() => {
      for (const { streamNo, seq, change } of changes) this.#change(change, streamNo, seq);
    });
  }

  /** Runs SQL that is not part of an append (migrations of projections), in one transaction. */
  script(sql: string): void {
    this.#statements.clear();
    this.#changes.clear();
    this.#transaction(() => {
      this.#db.exec(sql);
    });
  }

  #apply(append: WriteAppend): WriteResult {
    const existing = this.#stream(append.stream);
    const refusal = this.#refusal(append, existing);
    if (refusal !== undefined) return refusal;
    const stream = existing ?? this.#createStream(append.stream);
    for (const blob of append.blobs) this.#putBlob(stream.no, blob.hash, blob.bytes);
    const firstSeq = stream.lastSeq + 1;
    let firstPosition = 0;
    let seq = stream.lastSeq;
    const outside = append.authority.kind === 'outside' ? 1 : 0;
    for (const event of append.events) {
      seq++;
      const position = this.#lastPosition() + 1;
      this.#position = position;
      if (firstPosition === 0) firstPosition = position;
      this.#prepare(
        'INSERT INTO events (position, stream_no, seq, outside, type, body) VALUES (?, ?, ?, ?, ?, ?)',
      ).run(position, stream.no, seq, outside, event.type, event.body);
      for (const change of event.changes) this.#change(change, stream.no, seq);
    }
    if (append.snapshot !== undefined)
      this.#prepare(
        `INSERT INTO snapshots (stream_no, version, seq, body) VALUES (?, ?, ?, ?)
         ON CONFLICT (stream_no) DO UPDATE SET version = excluded.version, seq = excluded.seq, body = excluded.body`,
      ).run(stream.no, append.snapshot.version, append.snapshot.seq, append.snapshot.body);
    stream.lastSeq = seq;
    return { ok: true, firstSeq, firstPosition };
  }

  #lastPosition(): number {
    this.#position ??= numberOf(
      this.#db,
      `SELECT max(coalesce((SELECT max(position) FROM events), 0),
                  coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'position'), 0))`,
    );
    return this.#position;
  }

  #stream(id: StreamId): StreamRow | undefined {
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    const row = this.#prepare(
      `SELECT s.no, s.epoch, (SELECT max(e.seq) FROM events e WHERE e.stream_no = s.no) AS seq
       FROM streams s WHERE s.id = ?`,
    ).get(id) as { no: number; epoch: number; seq: number | null } | undefined;
    return row === undefined
      ? undefined
      : this.#know(id, { no: row.no, lastSeq: row.seq ?? 0, epoch: row.epoch });
  }

  #createStream(id: StreamId): StreamRow {
    const done = this.#prepare('INSERT INTO streams (id) VALUES (?)').run(id);
    return this.#know(id, { no: Number(done.lastInsertRowid), lastSeq: 0, epoch: 0 });
  }

  #know(id: StreamId, row: StreamRow): StreamRow {
    if (this.#streams.size >= MAX_KNOWN_STREAMS) this.#streams.clear();
    this.#streams.set(id, row);
    return row;
  }

  #refusal(append: WriteAppend, stream: StreamRow | undefined): WriteResult | undefined {
    if (append.authority.kind === 'owner') {
      const epoch = stream?.epoch ?? 0;
      return epoch > 0 && append.authority.epoch === epoch
        ? undefined
        : { ok: false, reason: 'lease_lost', epoch };
    }
    for (const precondition of append.authority.preconditions) {
      const { holds, actual } = this.#holds(precondition, stream);
      if (!holds) return { ok: false, reason: 'precondition_failed', precondition, actual };
    }
    return undefined;
  }

  #holds(
    precondition: Precondition,
    stream: StreamRow | undefined,
  ): { holds: boolean; actual: Cell | undefined } {
    switch (precondition.kind) {
      case 'stream_empty':
        return { holds: (stream?.lastSeq ?? 0) === 0, actual: stream?.lastSeq };
      case 'stream_exists':
        return { holds: (stream?.lastSeq ?? 0) > 0, actual: stream?.lastSeq };
      case 'row': {
        if (stream === undefined) return { holds: false, actual: undefined };
        const keys = Object.entries(precondition.key);
        const where = ['stream_no = ?', ...keys.map(([k]) => `${k} = ?`)].join(' AND ');
        const row = this.#prepare(
          `SELECT ${precondition.column} AS value FROM p_${precondition.table} WHERE ${where}`,
        ).get(stream.no, ...keys.map(([, v]) => v)) as { value: Cell } | undefined;
        return {
          holds: row !== undefined && precondition.in.includes(row.value),
          actual: row?.value,
        };
      }
    }
  }

  #putBlob(streamNo: number, hash: BlobHash, bytes: Uint8Array): void {
    this.#prepare(
      'INSERT INTO blobs (hash, bytes) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING',
    ).run(hash, bytes);
    this.#prepare(
      'INSERT INTO blob_refs (stream_no, hash) VALUES (?, ?) ON CONFLICT DO NOTHING',
    ).run(streamNo, hash);
  }

  #change(change: ShapedChange, streamNo: number, seq: number): void {
    let known = this.#changes.get(change.shape);
    if (known === undefined) {
      if (this.#changes.size >= MAX_STATEMENTS) this.#changes.clear();
      const of = changeStatement(change.shape);
      known = { run: this.#db.prepare(of.sql), of };
      this.#changes.set(change.shape, known);
    }
    known.run.run(...known.of.params(change.values, streamNo, seq));
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollback(error);
      throw error;
    }
  }

  /** SQLite may have rolled back by itself (full disk); then there is nothing left to do. */
  #rollback(cause: unknown): void {
    // What was known of streams may have been undone.
    this.#streams.clear();
    if (!this.#db.isTransaction) return;
    try {
      this.#db.exec('ROLLBACK');
    } catch (error) {
      throw new AggregateError([cause, error], 'a transaction failed and could not be rolled back');
    }
  }
}
