/** A journal in memory: the same contract without a disk, for tests and for trying things out. */
import { FabroError, eventSeq, type BlobHash, type EventSeq, type StreamId } from '@fabro/protocol';
import { boundedLimit, encodeAppend, type EncodedAppend } from '../check.js';
import { eventLine } from '../event-line.js';
import { MAX_READ_EVENTS, MAX_SELECT_ROWS } from '../limits.js';
import type {
  AppendRequest,
  AppendResult,
  Health,
  Journal,
  JournalOptions,
  LeaseResult,
  Precondition,
  ReadOptions,
  SnapshotDraft,
  StoredEvent,
  StreamInfo,
  SubscribeOptions,
} from '../port.js';
import { Subscriptions } from '../subscription.js';
import { checkTable, type Cell, type Row, type Selection } from '../table.js';
import { MemoryRows, compareText } from './rows.js';

interface Stream {
  readonly events: StoredEvent[];
  readonly blobs: Set<BlobHash>;
  bytes: number;
  epoch: number;
  holder: string | undefined;
  expiresAt: number;
  snapshot: SnapshotDraft | undefined;
}

/** Makes an empty journal. */
export function createMemoryJournal(options: JournalOptions): Journal {
  return new MemoryJournal(options);
}

function seqOf(value: number): EventSeq {
  const seq = eventSeq(value);
  if (seq === undefined) throw new RangeError(`sequence number ${value} is no integer from 0`);
  return seq;
}

class MemoryJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #streams = new Map<StreamId, Stream>();
  readonly #blobs = new Map<BlobHash, Uint8Array>();
  readonly #all: StoredEvent[] = [];
  readonly #rows: MemoryRows;
  readonly #subscriptions: Subscriptions;
  #position = 0;
  #closed = false;

  constructor(options: JournalOptions) {
    const tables = options.projections.flatMap((p) => p.tables);
    for (const table of tables) checkTable(table);
    this.#options = options;
    this.#rows = new MemoryRows(tables);
    this.#subscriptions = new Subscriptions(this);
  }

  get health(): Health {
    return { writable: true };
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    this.#open();
    const append = encodeAppend(request, this.#options);
    const existing = this.#streams.get(append.stream);
    const refusal = this.#refusal(append, existing);
    if (refusal !== undefined) return refusal;
    const stream = existing ?? this.#create(append.stream);
    for (const blob of append.blobs) {
      this.#blobs.set(blob.hash, blob.bytes);
      stream.blobs.add(blob.hash);
    }
    const firstSeq = stream.events.length + 1;
    const stored = append.events.map((event, i): StoredEvent => {
      for (const change of event.changes) this.#rows.apply(change, append.stream, firstSeq + i);
      return {
        stream: append.stream,
        seq: seqOf(firstSeq + i),
        position: ++this.#position,
        type: event.type,
        origin: append.authority.kind,
        json: eventLine(firstSeq + i, event.body),
      };
    });
    stream.events.push(...stored);
    this.#all.push(...stored);
    stream.bytes += append.bytes;
    if (append.snapshot !== undefined) stream.snapshot = append.snapshot;
    this.#subscriptions.publish(stored);
    return { ok: true, firstSeq: seqOf(firstSeq), lastSeq: seqOf(firstSeq + stored.length - 1) };
  }

  read(stream: StreamId, options: ReadOptions): readonly StoredEvent[] {
    this.#open();
    const end = options.after + boundedLimit(options.limit, MAX_READ_EVENTS);
    const events = this.#streams.get(stream)?.events ?? [];
    if (options.origin === undefined) return events.slice(options.after, end);
    const rest = events.slice(options.after).filter((e) => e.origin === options.origin);
    return rest.slice(0, end - options.after);
  }

  readAll(options: {
    readonly afterPosition: number;
    readonly limit: number;
  }): readonly StoredEvent[] {
    this.#open();
    return this.#all
      .filter((e) => e.position > options.afterPosition)
      .slice(0, boundedLimit(options.limit, MAX_READ_EVENTS));
  }

  lastSeq(stream: StreamId): EventSeq {
    this.#open();
    return seqOf(this.#streams.get(stream)?.events.length ?? 0);
  }

  lastPosition(): number {
    this.#open();
    return this.#all.at(-1)?.position ?? 0;
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
    this.#open();
    return this.#streams.get(stream)?.snapshot;
  }

  blob(hash: BlobHash): Uint8Array | undefined {
    this.#open();
    return this.#blobs.get(hash)?.slice();
  }

  refersTo(stream: StreamId, hash: BlobHash): boolean {
    this.#open();
    return this.#streams.get(stream)?.blobs.has(hash) ?? false;
  }

  select(selection: Selection): readonly Row[] {
    this.#open();
    const limit = boundedLimit(selection.limit, MAX_SELECT_ROWS);
    return this.#rows.select({ ...selection, limit });
  }

  count(selection: Pick<Selection, 'table' | 'where'>): number {
    this.#open();
    return this.#rows.count(selection);
  }

  streams(page: { readonly limit: number; readonly after?: StreamId }): readonly StreamInfo[] {
    this.#open();
    return [...this.#streams]
      .filter(([id]) => compareText(id, page.after ?? '') > 0)
      .toSorted(([a], [b]) => compareText(a, b))
      .slice(0, boundedLimit(page.limit, MAX_SELECT_ROWS))
      .map(([stream, s]) => ({ stream, lastSeq: seqOf(s.events.length), bytes: s.bytes }));
  }

  async acquireLease(
    id: StreamId,
    request: {
      readonly holder: string;
      readonly nowMs: number;
      readonly ttlMs: number;
      readonly takeOver?: boolean;
    },
  ): Promise<LeaseResult> {
    this.#open();
    const stream = this.#streams.get(id) ?? this.#create(id);
    const free =
      stream.holder === undefined ||
      stream.holder === request.holder ||
      stream.expiresAt <= request.nowMs;
    if (!free && request.takeOver !== true)
      return { ok: false, holder: stream.holder ?? '', expiresAt: stream.expiresAt };
    stream.epoch++;
    stream.holder = request.holder;
    stream.expiresAt = request.nowMs + request.ttlMs;
    return { ok: true, epoch: stream.epoch };
  }

  async renewLease(
    id: StreamId,
    request: { readonly epoch: number; readonly expiresAt: number },
  ): Promise<boolean> {
    this.#open();
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.epoch !== request.epoch || stream.holder === undefined)
      return false;
    stream.expiresAt = request.expiresAt;
    return true;
  }

  async releaseLease(id: StreamId, epoch: number): Promise<void> {
    this.#open();
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.epoch !== epoch) return;
    stream.holder = undefined;
    stream.expiresAt = 0;
  }

  async deleteStream(id: StreamId): Promise<void> {
    this.#open();
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#streams.delete(id);
    this.#rows.deleteStream(id);
    this.#subscriptions.forget(id);
    const kept = this.#all.filter((e) => e.stream !== id);
    this.#all.length = 0;
    this.#all.push(...kept);
    for (const hash of stream.blobs)
      if (![...this.#streams.values()].some((s) => s.blobs.has(hash))) this.#blobs.delete(hash);
  }

  async compact(): Promise<void> {
    // Memory has no free pages to give back.
    this.#open();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#subscriptions.close();
  }

  #open(): void {
    if (this.#closed) throw new FabroError('unavailable', 'the journal is closed');
  }

  #create(id: StreamId): Stream {
    const stream: Stream = {
      events: [],
      blobs: new Set(),
      bytes: 0,
      epoch: 0,
      holder: undefined,
      expiresAt: 0,
      snapshot: undefined,
    };
    this.#streams.set(id, stream);
    return stream;
  }

  #refusal(append: EncodedAppend, stream: Stream | undefined): AppendResult | undefined {
    if (append.authority.kind === 'owner') {
      const epoch = stream?.epoch ?? 0;
      return epoch > 0 && append.authority.epoch === epoch
        ? undefined
        : { ok: false, reason: 'lease_lost', epoch };
    }
    for (const precondition of append.authority.preconditions) {
      const actual = this.#actual(precondition, append.stream, stream);
      if (!holds(precondition, actual, stream))
        return { ok: false, reason: 'precondition_failed', precondition, actual };
    }
    return undefined;
  }

  #actual(precondition: Precondition, id: StreamId, stream: Stream | undefined): Cell | undefined {
    return precondition.kind === 'row'
      ? this.#rows.cell(precondition.table, id, precondition.key, precondition.column)
      : stream?.events.length;
  }
}

function holds(
  precondition: Precondition,
  actual: Cell | undefined,
  stream: Stream | undefined,
): boolean {
  switch (precondition.kind) {
    case 'stream_empty':
      return (stream?.events.length ?? 0) === 0;
    case 'stream_exists':
      return (stream?.events.length ?? 0) > 0;
    case 'row':
      return actual !== undefined && precondition.in.includes(actual);
  }
}
