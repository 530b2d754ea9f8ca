/**
 * Subscribers are a cursor and a wake-up. What is committed goes into a bounded ring of shared batches; a
 * reader that the ring has left behind reads from the journal itself, so a slow one costs no memory.
 */
import type { EventSeq, StreamId } from '@fabro/protocol';
import { MAX_READ_EVENTS, RING_BYTES, RING_EVENTS } from './limits.js';
import type { StoredEvent } from './port.js';

export interface EventSource {
  read(
    stream: StreamId,
    options: { readonly after: EventSeq; readonly limit: number },
  ): readonly StoredEvent[];
  readAll(options: {
    readonly afterPosition: number;
    readonly limit: number;
  }): readonly StoredEvent[];
}

interface Batch {
  readonly events: readonly StoredEvent[];
  readonly bytes: number;
}

type Wake = () => void;

/** Sends committed batches on to waiting subscribers. */
export class Subscriptions {
  readonly #source: EventSource;
  readonly #byFirst = new Map<StreamId, Map<number, Batch>>();
  readonly #order: { readonly stream: StreamId; readonly first: number; readonly batch: Batch }[] =
    [];
  readonly #waiting = new Map<StreamId, Set<Wake>>();
  readonly #waitingAll = new Set<Wake>();
  #events = 0;
  #bytes = 0;
  #closed = false;

  constructor(source: EventSource) {
    this.#source = source;
  }

  /** Called after each commit, with the events of one append. */
  publish(events: readonly StoredEvent[]): void {
    const first = events[0];
    if (first === undefined) return;
    if (this.#waiting.has(first.stream)) this.#remember(first, events);
    wakeAll(this.#waiting.get(first.stream));
    wakeAll(this.#waitingAll);
  }

  /**
   * Nobody listens to the stream any more, or it was deleted: its batches are not to be found again. What is
   * left of them in `#order` ages out by itself.
   */
  forget(stream: StreamId): void {
    this.#byFirst.delete(stream);
  }

  /** Ends all subscriptions: their iterations finish. */
  close(): void {
    this.#closed = true;
    for (const set of this.#waiting.values()) wakeAll(set);
    wakeAll(this.#waitingAll);
  }

  async *subscribe(
    stream: StreamId,
    after: EventSeq,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredEvent[]> {
    let cursor = after;
    const bell = new Bell(signal);
    const set = this.#waiting.get(stream) ?? new Set<Wake>();
    this.#waiting.set(stream, set);
    set.add(bell.ring);
    try {
      while (!signal.aborted && !this.#closed) {
        const shared = this.#byFirst.get(stream)?.get(cursor + 1)?.events;
        const events =
          shared ?? this.#source.read(stream, { after: cursor, limit: MAX_READ_EVENTS });
        const last = events.at(-1);
        if (last === undefined) {
          if (!(await bell.wait())) return;
          continue;
        }
        cursor = last.seq;
        yield events;
      }
    } finally {
      set.delete(bell.ring);
      bell.dispose();
      if (set.size === 0) {
        this.#waiting.delete(stream);
        this.forget(stream);
      }
    }
  }

  async *subscribeAll(
    afterPosition: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredEvent[]> {
    let cursor = afterPosition;
    const bell = new Bell(signal);
    this.#waitingAll.add(bell.ring);
    try {
      while (!signal.aborted && !this.#closed) {
        const events = this.#source.readAll({ afterPosition: cursor, limit: MAX_READ_EVENTS });
        const last = events.at(-1);
        if (last === undefined) {
          if (!(await bell.wait())) return;
          continue;
        }
        cursor = last.position;
        yield events;
      }
    } finally {
      this.#waitingAll.delete(bell.ring);
      bell.dispose();
    }
  }

  #remember(first: StoredEvent, events: readonly StoredEvent[]): void {
    let bytes = 0;
    for (const event of events) bytes += event.json.length;
    const batch = { events, bytes };
    const batches = this.#byFirst.get(first.stream) ?? new Map<number, Batch>();
    this.#byFirst.set(first.stream, batches);
    batches.set(first.seq, batch);
    this.#order.push({ stream: first.stream, first: first.seq, batch });
    this.#events += events.length;
    this.#bytes += bytes;
    while (this.#order.length > 1 && (this.#events > RING_EVENTS || this.#bytes > RING_BYTES)) {
      const oldest = this.#order.shift();
      if (oldest === undefined) return;
      this.#events -= oldest.batch.events.length;
      this.#bytes -= oldest.batch.bytes;
      const own = this.#byFirst.get(oldest.stream);
      if (own?.get(oldest.first) === oldest.batch) own.delete(oldest.first);
    }
  }
}

function wakeAll(set: ReadonlySet<Wake> | undefined): void {
  if (set === undefined) return;
  for (const wake of set) wake();
}

/** One waiter: remembers a ring that came while it was busy. */
class Bell {
  readonly #signal: AbortSignal;
  #rung = false;
  #resolve: ((open: boolean) => void) | undefined;
  readonly #onAbort = (): void => {
    this.#resolve?.(false);
    this.#resolve = undefined;
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort);
  }

  readonly ring = (): void => {
    if (this.#resolve === undefined) this.#rung = true;
    else {
      this.#resolve(true);
      this.#resolve = undefined;
    }
  };

  /** Resolves to false when the signal aborts. */
  wait(): Promise<boolean> {
    if (this.#signal.aborted) return Promise.resolve(false);
    if (this.#rung) {
      this.#rung = false;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  dispose(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
