/** The SQLite journal: a writer thread with group commit, and a reader on the calling thread. */
import { FabroError, type BlobHash, type EventSeq, type StreamId } from '@fabro/protocol';
import { encodeAppend, type EncodedAppend } from '../check.js';
import { eventLine } from '../event-line.js';
import {
  MAX_BATCH_APPENDS,
  MAX_BATCH_BYTES,
  MAX_QUEUED_APPENDS,
  MAX_QUEUED_BYTES,
} from '../limits.js';
import type {
  AppendRequest,
  AppendResult,
  Health,
  Journal,
  JournalOptions,
  LeaseResult,
  ReadOptions,
  SnapshotDraft,
  StoredEvent,
  StreamInfo,
  SubscribeOptions,
} from '../port.js';
import { Subscriptions } from '../subscription.js';
import { checkTable, type Row, type Selection } from '../table.js';
import { openDatabase } from './database.js';
import { storageError } from './errors.js';
import type { Answers } from './messages.js';
import { packBatch } from './pack.js';
import { Reader, storedSeq } from './reader.js';
import { rebuildProjections } from './rebuild.js';
import { configureWriter, migrate, numberOf } from './schema.js';
import { WriterThread } from './thread.js';

interface Queued {
  readonly append: EncodedAppend;
  resolve(result: AppendResult): void;
  reject(error: Error): void;
}

/**
 * Opens or creates the journal file. Rejects with FabroError `storage_corrupt` (the message names the
 * file), `storage_unwritable` or `storage_full`.
 */
export async function openSqliteJournal(path: string, options: JournalOptions): Promise<Journal> {
  const tables = options.projections.flatMap((p) => p.tables);
  for (const table of tables) checkTable(table);
  try {
    const db = openDatabase(path, { readOnly: false });
    try {
      configureWriter(db);
      migrate(db, path);
      numberOf(db, 'SELECT max(epoch) FROM streams');
      rebuildProjections(db, options.projections, options.upcasters ?? {});
    } finally {
      db.close();
    }
    const thread = await WriterThread.start({ path, tables });
    try {
      const db = openDatabase(path, { readOnly: true });
      const reader = new Reader(db, path, tables, options.upcasters ?? {});
      return new SqliteJournal(path, thread, reader, options);
    } catch (error) {
      await thread.close();
      throw error;
    }
  } catch (error) {
    throw storageError(error, path);
  }
}

class SqliteJournal implements Journal {
  readonly #path: string;
  readonly #thread: WriterThread;
  readonly #reader: Reader;
  readonly #options: JournalOptions;
  readonly #subscriptions: Subscriptions;
  readonly #queue: Queued[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #health: Health = { writable: true };

  constructor(path: string, thread: WriterThread, reader: Reader, options: JournalOptions) {
    this.#path = path;
    this.#thread = thread;
    this.#reader = reader;
    this.#options = options;
    this.#subscriptions = new Subscriptions(this);
  }

  get health(): Health {
    return this.#health;
  }

  append(request: AppendRequest): Promise<AppendResult> {
    if (this.#closing !== undefined)
      return Promise.reject(new FabroError('unavailable', `${this.#path}: the journal is closed`));
    let append: EncodedAppend;
    try {
      append = encodeAppend(request, this.#options);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    if (
      this.#queue.length >= MAX_QUEUED_APPENDS ||
      this.#queuedBytes + append.bytes > MAX_QUEUED_BYTES
    )
      return Promise.reject(
        new FabroError(
          'unavailable',
          `${this.#path}: ${this.#queue.length} appends wait for the disk; try again later`,
        ),
      );
    return new Promise((resolve, reject) => {
      this.#queue.push({ append, resolve, reject });
      this.#queuedBytes += append.bytes;
      // A microtask later, so that appends of the same moment share the transaction.
      this.#writing ??= Promise.resolve().then(() => this.#drain());
    });
  }

  read(stream: StreamId, options: ReadOptions): readonly StoredEvent[] {
    return this.#reader.read(stream, options);
  }

  readAll(options: {
    readonly afterPosition: number;
    readonly limit: number;
  }): readonly StoredEvent[] {
    return this.#reader.readAll(options.afterPosition, options.limit);
  }

  lastSeq(stream: StreamId): EventSeq {
    return this.#reader.lastSeq(stream);
  }

  lastPosition(): number {
    return this.#reader.lastPosition();
  }

  subscribe(stream: StreamId, options: SubscribeOptions): AsyncIterable<readonly StoredEvent[]> {
    return this.#subscriptions.subscribe(stream, options);
  }

  subscribeAll(options: {
    readonly afterPosition: number;
    readonly signal: AbortSignal;
  }): AsyncIterable<readonly StoredEvent[]> {
    return this.#subscriptions.subscribeAll(options.afterPosition, options.signal);
  }

  snapshot(stream: StreamId): SnapshotDraft | undefined {
    return this.#reader.snapshot(stream);
  }

  blob(hash: BlobHash): Uint8Array | undefined {
    return this.#reader.blob(hash);
  }

  refersTo(stream: StreamId, hash: BlobHash): boolean {
    return this.#reader.refersTo(stream, hash);
  }

  select(selection: Selection): readonly Row[] {
    return this.#reader.select(selection);
  }

  count(selection: Pick<Selection, 'table' | 'where'>): number {
    return this.#reader.count(selection);
  }

  streams(page: { readonly limit: number; readonly after?: StreamId }): readonly StreamInfo[] {
    return this.#reader.streams(page.limit, page.after);
  }

  acquireLease(
    stream: StreamId,
    request: {
      readonly holder: string;
      readonly nowMs: number;
      readonly ttlMs: number;
      readonly takeOver?: boolean;
    },
  ): Promise<LeaseResult> {
    return this.#thread.request({
      kind: 'acquire',
      request: { stream, ...request, takeOver: request.takeOver ?? false },
    });
  }

  renewLease(
    stream: StreamId,
    request: { readonly epoch: number; readonly expiresAt: number },
  ): Promise<boolean> {
    return this.#thread.request({ kind: 'renew', stream, ...request });
  }

  async releaseLease(stream: StreamId, epoch: number): Promise<void> {
    await this.#thread.request({ kind: 'release', stream, epoch });
  }

  async deleteStream(stream: StreamId): Promise<void> {
    await this.#thread.request({ kind: 'delete', stream });
    this.#subscriptions.forget(stream);
  }

  async compact(): Promise<void> {
    await this.#thread.request({ kind: 'compact' });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The reader goes first, so that the writer is alone when it writes the log back. */
  async #close(): Promise<void> {
    await this.#writing;
    this.#subscriptions.close();
    this.#reader.close();
    await this.#thread.close();
  }

  /** One batch in flight; what arrives meanwhile is the next. */
  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      try {
        const results = await this.#thread.request({
          kind: 'batch',
          batch: packBatch(batch.map((q) => q.append)),
        });
        batch.forEach((queued, i) => this.#settle(queued, results[i]));
        // Those who waited together will append together: one turn later they share the next sync.
        if (batch.length > 1) await new Promise((resolve) => setImmediate(resolve));
      } catch (error) {
        for (const queued of batch) queued.reject(this.#failed(error));
      }
    }
    this.#writing = undefined;
  }

  #takeBatch(): readonly Queued[] {
    let bytes = 0;
    let n = 0;
    while (n < this.#queue.length && n < MAX_BATCH_APPENDS && (n === 0 || bytes < MAX_BATCH_BYTES))
      bytes += this.#queue[n++]?.append.bytes ?? 0;
    const batch = this.#queue.splice(0, n);
    for (const queued of batch) this.#queuedBytes -= queued.append.bytes;
    return batch;
  }

  #settle(queued: Queued, result: Answers['batch'][number] | undefined): void {
    if (result === undefined)
      return queued.reject(new Error('the journal writer gave no result for an append'));
    if (result.ok) {
      this.#health = { writable: true };
      const { append } = queued;
      const origin = append.authority.kind;
      if (this.#subscriptions.wants(append.stream, origin))
        this.#subscriptions.publish(
          append.events.map((event, i) => ({
            stream: append.stream,
            seq: storedSeq(result.firstSeq + i),
            position: result.firstPosition + i,
            type: event.type,
            origin,
            json: eventLine(result.firstSeq + i, event.body),
          })),
        );
      return queued.resolve({
        ok: true,
        firstSeq: storedSeq(result.firstSeq),
        lastSeq: storedSeq(result.firstSeq + append.events.length - 1),
      });
    }
    if (result.reason === 'error') return queued.reject(this.#failed(new Error(result.error)));
    return queued.resolve(result);
  }

  #failed(error: unknown): Error {
    const failure = storageError(error, this.#path);
    if (failure instanceof FabroError && failure.code !== 'unavailable')
      this.#health = { writable: false, reason: failure.message };
    return failure;
  }
}
