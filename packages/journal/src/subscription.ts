/**
 * Subscribers are a cursor and a wake-up. What is committed goes into a bounded ring of shared batches; a
 * reader that the ring has left behind reads from the journal itself, so a slow one costs no memory.
 */
import type { StreamId } from '@fabro/protocol';
import { MAX_READ_EVENTS, RING_BYTES, RING_EVENTS } from './limits.js';
import type { Origin, ReadOptions, StoredEvent, SubscribeOptions } from './port.js';

export interface EventSource {
  read(stream: StreamId, options: ReadOptions): readonly StoredEvent[];
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

interface Waiter {
  readonly wake: Wake;
  /** Undefined waits for events of every origin. */
  readonly origin: Origin | undefined;
}

const NONE: readonly StoredEvent[] = [];

/** Sends committed batches on to waiting subscribers. */
export class Subscriptions {
  readonly #source: EventSource;
  readonly #byFirst = new Map<StreamId, Map<number, Batch>>();
  readonly #order: { readonly stream: StreamId; readonly first: number; readonly batch: Batch }[] =
    [];
  readonly #waiting = new Map<StreamId, Set<Waiter>>();
  readonly #waitingAll = new Set<Wake>();
  /** The last published event of each stream that somebody waits for: at it there is nothing to read. */
  readonly #tails = new Map<StreamId, number>();
  #events = 0;
  #bytes = 0;
  #closed = false;

  constructor(source: EventSource) {
    this.#source = source;
  }

  /** True when somebody waits for such events: others need not be made. */
  wants(stream: StreamId, origin: Origin): boolean {
    if (this.#waitingAll.size > 0) return true;
    for (const waiter of this.#waiting.get(stream) ?? [])
      if (waiter.origin === undefined || waiter.origin === origin) return true;
    return false;
  }

  /** Called after each commit that somebody wants, with the events of one append. */
  publish(events: readonly StoredEvent[]): void {
    const first = events[0];
    if (first === undefined) return;
    const waiters = this.#waiting.get(first.stream);
    if (waiters !== undefined) {
      let all = false;
      for (const waiter of waiters) all ||= waiter.origin === undefined;
      if (all) {
        this.#remember(first, events);
        this.#tails.set(first.stream, first.seq + events.length - 1);
      }
      for (const waiter of waiters)
        if (waiter.origin === undefined || waiter.origin === first.origin) waiter.wake();
    }
    wakeAll(this.#waitingAll);
  }

  /**
   * Nobody listens to the stream any more, or it was deleted: its batches are not to be found again. What is
   * left of them in `#order` ages out by itself.
   */
  forget(stream: StreamId): void {
    this.#byFirst.delete(stream);
    this.#tails.delete(stream);
  }

  /** Ends all subscriptions: their iterations finish. */
  close(): void {
    this.#closed = true;
    for (const set of this.#waiting.values()) for (const waiter of set) waiter.wake();
    wakeAll(this.#waitingAll);
  }

  async *subscribe(
    stream: StreamId,
    { after, signal, origin }: SubscribeOptions,
  ): AsyncGenerator<readonly StoredEvent[]> {
    let cursor = after;
    const bell = new Bell(signal);
    const waiter: Waiter = { wake: bell.ring, origin };
    const set = this.#waiting.get(stream) ?? new Set<Waiter>();
    this.#waiting.set(stream, set);
    set.add(waiter);
    try {
      while (!signal.aborted && !this.#closed) {
        const events =
          origin === undefined
            ? this.#next(stream, cursor)
            : this.#source.read(stream, { after: cursor, limit: MAX_READ_EVENTS, origin });
        const last = events.at(-1);
        if (last === undefined) {
          if (!(await bell.wait())) return;
          continue;
        }
        cursor = last.seq;
        yield events;
      }
    } finally {
      set.delete(waiter);
      bell.dispose();
      // What is published for nobody is not remembered: the tail would fall behind.
      if (![...set].some((other) => other.origin === undefined)) this.forget(stream);
      if (set.size === 0) this.#waiting.delete(stream);
    }
  }

  /** What follows a cursor: the shared batch that begins there, nothing at the tail, else what the journal reads. */
  #next(stream: StreamId, cursor: StoredEvent['seq']): readonly StoredEvent[] {
    const shared = this.#byFirst.get(stream)?.get(cursor + 1)?.events;
    if (shared !== undefined) return shared;
    const tail = this.#tails.get(stream);
    if (tail !== undefined && cursor >= tail) return NONE;
    return this.#source.read(stream, { after: cursor, limit: MAX_READ_EVENTS });
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
