/** The stream of a fork as it is written: stamped, folded as a check, sent in parts with the blobs that it names. */
import { fold, initialState, type RunState } from '@fabro/engine';
import { blobOf, type Blob, type NewEvent, type Precondition } from '@fabro/journal';
import {
  AnyEvent,
  type FabroError,
  isoTime,
  parseBlobHash,
  parseRunEvent,
  runStream,
  type Actor,
  type BlobHash,
  type EventDraft,
  type RunId,
} from '@fabro/protocol';
import { conflict, type OutsidePorts } from './append.js';
import type { Copied } from './fork-copy.js';
import { FORK_APPEND_BYTES, FORK_APPEND_EVENTS } from './limits.js';

export interface ForkStreamOptions {
  readonly source: RunId;
  readonly run: RunId;
  readonly actor: Actor;
  /** The time of the fork's own events. */
  readonly nowMs: number;
}

/** Fails when the half-made fork was removed. */
const STILL_FORKING: Precondition = {
  kind: 'row',
  table: 'runs',
  key: {},
  column: 'forking',
  in: [1],
};

export class ForkStream {
  readonly #ports: OutsidePorts;
  readonly #options: ForkStreamOptions;
  readonly #state: RunState;
  readonly #stored = new Set<BlobHash>();
  #events: NewEvent[] = [];
  #blobs: Blob[] = [];
  #bytes = 0;
  #seq = 0;

  constructor(options: ForkStreamOptions, ports: OutsidePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#state = initialState(options.run);
  }

  /** What the stream comes to so far. */
  get state(): RunState {
    return this.#state;
  }

  /** Adds an event and sends what has gathered when it is enough for one append. */
  async add(item: Copied): Promise<void> {
    const { run, actor, nowMs } = this.#options;
    if (item.kind === 'copy') {
      const { seq: _seq, ...body } = item.event;
      return this.#take({ ...body, id: item.id, run_id: run });
    }
    const { event, properties, ...scope } = item.draft;
    const stamp = { id: this.#ports.ids.uuid(), ts: isoTime(nowMs), run_id: run };
    await this.#take({ ...stamp, event, ...scope, ...(asked(event) ? { actor } : {}), properties });
  }

  /** Appends what has gathered. Rejects with `conflict` when the fork was removed meanwhile. */
  async send(): Promise<void> {
    const events = this.#events;
    const blobs = this.#blobs;
    this.#events = [];
    this.#blobs = [];
    this.#bytes = 0;
    const { run } = this.#options;
    const first = events.length === this.#seq;
    const result = await this.#ports.journal.append({
      stream: runStream(run),
      authority: {
        kind: 'outside',
        preconditions: [first ? { kind: 'stream_empty' } : STILL_FORKING],
      },
      events,
      blobs,
    });
    if (!result.ok) throw conflict(`the fork ${run} was removed while it was made; fork again`);
  }

  async #take(body: NewEvent['body'] & { readonly event: string }): Promise<void> {
    const json = JSON.stringify(body);
    for (const hash of this.#blobsIn(json)) await this.#keep(hash);
    this.#seq++;
    const known = parseRunEvent(AnyEvent.parse({ seq: this.#seq, ...body }));
    if (known !== undefined) fold(this.#state, known);
    this.#state.seq = this.#seq;
    this.#events.push({ type: body.event, body });
    this.#bytes += Buffer.byteLength(json);
    if (this.#events.length >= FORK_APPEND_EVENTS || this.#bytes >= FORK_APPEND_BYTES)
      await this.send();
  }

  /** Blobs of the source that an event names, and that the fork has not stored yet. */
  #blobsIn(json: string): readonly BlobHash[] {
    const { journal } = this.#ports;
    return [...new Set(json.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g))].flatMap((text) => {
      const hash = parseBlobHash(text);
      if (hash === undefined || this.#stored.has(hash)) return [];
      return journal.refersTo(runStream(this.#options.source), hash) ? [hash] : [];
    });
  }

  async #keep(hash: BlobHash): Promise<void> {
    const bytes = this.#ports.journal.blob(hash);
    if (bytes === undefined) throw sourceDeleted(this.#options.source);
    if (this.#bytes > 0 && this.#bytes + bytes.byteLength > FORK_APPEND_BYTES) await this.send();
    this.#stored.add(hash);
    this.#blobs.push(blobOf(bytes));
    this.#bytes += bytes.byteLength;
  }
}

/** What the caller did, as opposed to what follows from it. */
function asked(event: EventDraft['event']): boolean {
  return event === 'run.created' || event === 'run.submitted';
}

export function sourceDeleted(source: RunId): FabroError {
  return conflict(`run ${source} was deleted while it was forked`);
}
