/**
 * The journal: append-only streams of events, the leases that say who may append, blobs, and rows derived
 * from events. It assigns sequence numbers at commit and knows nothing of what events mean.
 */
import type { BlobHash, EventSeq, JsonObject, StreamId } from '@fabro/protocol';
import type { Cell, Row, RowChange, Selection, TableSpec } from './table.js';

/** An event before it has a sequence number. */
export interface NewEvent {
  readonly type: string;
  /** The event as it will be read, without `seq`; `v` in it is the version of its shape (absent: 1). */
  readonly body: EventBody;
}

/** A JSON object. Writers give what serialises without loss; readers get what was parsed. */
export type EventBody = Readonly<Record<string, unknown>>;

export type Origin = 'owner' | 'outside';

/** A committed event. Of equal bytes for every reader. */
export interface StoredEvent {
  readonly stream: StreamId;
  readonly seq: EventSeq;
  /** Place in the order of commits over all streams; opaque to clients. */
  readonly position: number;
  readonly type: string;
  readonly origin: Origin;
  /** One line of JSON that begins with `{"seq":`. Upcasters have been applied. */
  readonly json: string;
}

/** What must be true in the transaction of an outside append. */
export type Precondition =
  | { readonly kind: 'stream_empty' }
  | { readonly kind: 'stream_exists' }
  | {
      readonly kind: 'row';
      readonly table: string;
      readonly key: Readonly<Record<string, Cell>>;
      readonly column: string;
      readonly in: readonly Cell[];
    };

export type Authority =
  /** Fenced by the lease: refused when the epoch is no longer the newest. */
  | { readonly kind: 'owner'; readonly epoch: number }
  /** No lease needed; all preconditions are checked in the transaction. */
  | { readonly kind: 'outside'; readonly preconditions: readonly Precondition[] };

export interface Blob {
  readonly hash: BlobHash;
  readonly bytes: Uint8Array;
}

/** A fold that starts from here instead of from the first event; a newer one replaces it. */
export interface SnapshotDraft {
  readonly version: number;
  /** The last event folded into it. */
  readonly seq: EventSeq;
  readonly body: string;
}

export interface AppendRequest {
  readonly stream: StreamId;
  readonly authority: Authority;
  /** May be empty when only blobs or a snapshot are stored. */
  readonly events: readonly NewEvent[];
  /** Durable with, and thus before, the events that name them; kept as long as the stream. */
  readonly blobs?: readonly Blob[];
  readonly snapshot?: SnapshotDraft;
}

export type AppendResult =
  | { readonly ok: true; readonly firstSeq: EventSeq; readonly lastSeq: EventSeq }
  | { readonly ok: false; readonly reason: 'lease_lost'; readonly epoch: number }
  | {
      readonly ok: false;
      readonly reason: 'precondition_failed';
      readonly precondition: Precondition;
      /** What was there: the cell's value, or undefined when the row or the stream is missing. */
      readonly actual: Cell | undefined;
    };

export type LeaseResult =
  | { readonly ok: true; readonly epoch: number }
  | { readonly ok: false; readonly holder: string; readonly expiresAt: number };

export interface Projection {
  readonly name: string;
  /** A change of the version rebuilds the tables from the events when the journal opens. */
  readonly version: number;
  readonly tables: readonly TableSpec[];
  /**
   * Pure. Gets the event without `seq`; `SEQ` stands for it.
   * @param fresh true for an event that is being appended, made by this program's own types; false for one
   *   that was read back and is to be parsed like all data that enters.
   */
  apply(event: NewEvent, fresh: boolean): readonly RowChange[];
}

/** From version n to n+1 of one event type, pure; the first entry leads from 1 to 2. */
export type Upcasters = Readonly<Record<string, readonly ((body: JsonObject) => JsonObject)[]>>;

export interface ReadOptions {
  /** Events after this sequence number. */
  readonly after: EventSeq;
  /** 1 to MAX_READ_EVENTS. */
  readonly limit: number;
  /** Only events of this origin; default all. */
  readonly origin?: Origin;
}

export interface SubscribeOptions {
  readonly after: EventSeq;
  readonly signal: AbortSignal;
  /** Only events of this origin, and no wake-up for others; default all. */
  readonly origin?: Origin;
}

export interface StreamInfo {
  readonly stream: StreamId;
  readonly lastSeq: EventSeq;
  /** Bytes of events and of blobs that only this stream refers to or shares. */
  readonly bytes: number;
}

/** The journal accepts appends, or says why it does not. */
export type Health =
  | { readonly writable: true }
  | { readonly writable: false; readonly reason: string };

export interface Journal {
  /**
   * Appends in one transaction, or not at all; resolves after the commit is on disk. Appends of one caller
   * to one stream are committed in the order of the calls. A refused append never fails its neighbours.
   * Rejects with FabroError: `too_large`, `unavailable` (queue full or closed), `storage_full`,
   * `storage_corrupt`.
   */
  append(request: AppendRequest): Promise<AppendResult>;
  /** Events in order; fewer than `limit` means the end was reached. Never more than MAX_READ_EVENTS. */
  read(stream: StreamId, options: ReadOptions): readonly StoredEvent[];
  /** Events of all streams after a position, in the order of commits. */
  readAll(options: {
    readonly afterPosition: number;
    readonly limit: number;
  }): readonly StoredEvent[];
  /** The last event's number; 0 for an unknown stream. */
  lastSeq(stream: StreamId): EventSeq;
  /**
   * Committed events in batches, first those that exist, then as they are committed, until the signal
   * aborts. Batches of live events are one shared array for all subscribers. Costs no memory per waiting
   * event, however slow the reader.
   */
  subscribe(stream: StreamId, options: SubscribeOptions): AsyncIterable<readonly StoredEvent[]>;
  /** The same over all streams. */
  subscribeAll(options: {
    readonly afterPosition: number;
    readonly signal: AbortSignal;
  }): AsyncIterable<readonly StoredEvent[]>;
  /** The position of the newest event of all streams. */
  lastPosition(): number;
  snapshot(stream: StreamId): SnapshotDraft | undefined;
  blob(hash: BlobHash): Uint8Array | undefined;
  /** True when the stream's events may name the blob. */
  refersTo(stream: StreamId, hash: BlobHash): boolean;
  select(selection: Selection): readonly Row[];
  count(selection: Pick<Selection, 'table' | 'where'>): number;
  /**
   * Takes the lease of a stream with a new epoch when it is free, expired, held by the same holder, or
   * `takeOver` is set (only for the holder of the storage root).
   */
  acquireLease(
    stream: StreamId,
    request: {
      readonly holder: string;
      readonly nowMs: number;
      readonly ttlMs: number;
      readonly takeOver?: boolean;
    },
  ): Promise<LeaseResult>;
  /** Extends a lease; false when the epoch is no longer the newest. */
  renewLease(
    stream: StreamId,
    request: { readonly epoch: number; readonly expiresAt: number },
  ): Promise<boolean>;
  releaseLease(stream: StreamId, epoch: number): Promise<void>;
  /** Removes a stream with its events, rows, snapshot, lease and the blobs that no other stream names. */
  deleteStream(stream: StreamId): Promise<void>;
  streams(page: { readonly limit: number; readonly after?: StreamId }): readonly StreamInfo[];
  /** Gives free pages back to the file system. */
  compact(): Promise<void>;
  readonly health: Health;
  /** Waits for queued appends, then closes; later calls reject with `unavailable`. */
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly projections: readonly Projection[];
  readonly upcasters?: Upcasters;
}
