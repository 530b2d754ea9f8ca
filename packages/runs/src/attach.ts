/** A run's stream: what is stored from a number on, then what is committed, with live deltas in between. */
import {
  FabroError,
  eventSeq,
  isTerminal,
  runStream,
  type EventSeq,
  type RunId,
  type RunStatus,
} from '@fabro/protocol';
import type { Journal, StoredEvent } from '@fabro/journal';
import type { LiveHub } from './live-hub.js';
import type { AttachRequest, StreamItem } from './service.js';

/** After these the run has ended, or goes on again; what comes after an end (`run.archived`) leaves it ended. */
const ENDS: ReadonlyMap<string, boolean> = new Map([
  ['run.completed', true],
  ['run.failed', true],
  ['run.submitted', false],
]);

interface Shared {
  readonly items: readonly StreamItem[];
  /** Whether the run has ended with the batch; undefined when the batch does not say. */
  readonly ended: boolean | undefined;
}

/** One array of items for one batch of events, so that all readers share what is made of it. */
const shared = new WeakMap<readonly StoredEvent[], Shared>();

function sharedOf(events: readonly StoredEvent[]): Shared {
  const known = shared.get(events);
  if (known !== undefined) return known;
  let ended: boolean | undefined;
  const items = events.map(({ seq, json, type }): StreamItem => {
    ended = ENDS.get(type) ?? ended;
    return { kind: 'event', seq, json };
  });
  const made = { items, ended };
  shared.set(events, made);
  return made;
}

export interface AttachPorts {
  readonly journal: Journal;
  readonly live: LiveHub;
  statusOf(run: RunId): RunStatus;
}

/** Throws FabroError `gone` when nothing can follow the starting point (decision 10). */
export function attachRun(
  run: RunId,
  request: AttachRequest,
  ports: AttachPorts,
): AsyncIterable<readonly StreamItem[]> {
  const last = ports.journal.lastSeq(runStream(run));
  const ended = isTerminal(ports.statusOf(run));
  if (ended && request.sinceSeq === undefined)
    throw new FabroError(
      'gone',
      `Event stream closed. Run ${run} has ended; give since_seq=1 to replay it.`,
    );
  if (ended && request.sinceSeq !== undefined && request.sinceSeq > last)
    throw new FabroError(
      'gone',
      `Event stream closed. Run ${run} has ended with event ${last}; there is none from ${request.sinceSeq} on.`,
    );
  const after = eventSeq(request.sinceSeq === undefined ? last : Math.max(0, request.sinceSeq - 1));
  if (after === undefined)
    throw new FabroError(
      'invalid_argument',
      `since_seq=${request.sinceSeq}: expected an integer from 1`,
    );
  return follow(run, after, ended, request.signal, ports);
}

async function* follow(
  run: RunId,
  after: EventSeq,
  endedBefore: boolean,
  signal: AbortSignal,
  ports: AttachPorts,
): AsyncGenerator<readonly StreamItem[]> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const bell = new Bell();
  let ended = endedBefore;
  const live = ports.live.read(run, () => bell.ring());
  const stored = new Pulled(
    ports.journal.subscribe(runStream(run), { after, signal: controller.signal }),
    () => bell.ring(),
  );
  try {
    for (;;) {
      const lines = live.take();
      if (lines.length > 0) yield lines.map((json): StreamItem => ({ kind: 'live', json }));
      const batch = stored.take();
      if (batch === 'ended') return;
      if (batch !== undefined) {
        const { items, ended: now } = sharedOf(batch);
        yield items;
        ended = now ?? ended;
        const last = batch.at(-1)?.seq ?? 0;
        // A run that was deleted meanwhile has no last event any more.
        if (ended && last >= ports.journal.lastSeq(runStream(run))) return;
        stored.pull();
      } else if (lines.length === 0) await bell.wait();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    live.close();
    await stored.close();
  }
}

/** Ends one wait; a ring while nobody waits is kept. */
class Bell {
  #rung = false;
  #resolve: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#resolve?.();
    this.#resolve = undefined;
  }

  async wait(): Promise<void> {
    if (!this.#rung)
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    this.#rung = false;
  }
}

/** An iteration of which one step is always under way, and which says when it has come. */
class Pulled<T> {
  readonly #iterator: AsyncIterator<T>;
  readonly #ring: () => void;
  #arrived: { readonly value: T } | 'ended' | undefined;
  #failure: { readonly error: unknown } | undefined;
  #pulling: Promise<void> = Promise.resolve();

  constructor(source: AsyncIterable<T>, ring: () => void) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#ring = ring;
    this.pull();
  }

  pull(): void {
    this.#pulling = this.#iterator.next().then(
      (result) => {
        this.#arrived = result.done === true ? 'ended' : { value: result.value };
        this.#ring();
      },
      (error: unknown) => {
        this.#failure = { error };
        this.#ring();
      },
    );
  }

  /** What has come since the last pull; undefined when nothing has. Throws what the source threw. */
  take(): T | 'ended' | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    const arrived = this.#arrived;
    if (arrived === undefined || arrived === 'ended') return arrived;
    this.#arrived = undefined;
    return arrived.value;
  }

  async close(): Promise<void> {
    await this.#pulling;
    await this.#iterator.return?.();
  }
}
