/**
 * The way of events from the engine into the journal: stamped, folded at once, appended in order. One append
 * is in flight; what is recorded meanwhile goes with the next. The fold thus runs ahead of the disk, and
 * nothing acts before `commit()` has resolved.
 */
import {
  FabroError,
  eventSeq,
  isoTime,
  runStream,
  type Clock,
  type EventDraft,
  type IdSource,
  type RunId,
} from '@fabro/protocol';
import { blobOf, type Blob, type Journal, type NewEvent, type SnapshotDraft } from '@fabro/journal';
import { fold, type FoldedEvent } from './fold.js';
import { FULL_DISK_RETRY_MS, MAX_APPEND_BLOB_BYTES, SNAPSHOT_EVENTS } from './limits.js';
import { encodeSnapshot, SNAPSHOT_VERSION } from './snapshot.js';
import { openStage, type RunState } from './state.js';

export interface RecorderPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Told of every event as it is recorded, before it is durable. */
  observe?(event: EventDraft): void;
}

/** The lease was taken by another owner: all work for the run stops here. */
export class LeaseLost extends FabroError {
  constructor(run: RunId, epoch: number) {
    super('lease_lost', `run ${run}: another server took the run over (epoch ${epoch})`);
  }
}

interface Pending {
  readonly stored: NewEvent;
  readonly folded: FoldedEvent;
}

export class Recorder {
  readonly state: RunState;
  readonly #ports: RecorderPorts;
  readonly #lost = new AbortController();
  readonly #hurry = new AbortController();
  #events: Pending[] = [];
  #blobs: Blob[] = [];
  /** Blobs that are not on disk yet, by hash. */
  readonly #unwrittenBlobs = new Map<string, Uint8Array>();
  /** Events that are folded and not committed. */
  #unwritten = 0;
  #sending: Promise<void> = Promise.resolve();
  /** Committed ranges that are folded but have a gap of outside events before them. */
  readonly #islands = new Map<number, number>();
  #snapshotSeq: number;
  #activeAtMs: number;
  #snapshot: SnapshotDraft | undefined;

  constructor(state: RunState, ports: RecorderPorts) {
    this.state = state;
    this.#ports = ports;
    this.#snapshotSeq = state.seq;
    this.#activeAtMs = ports.clock.now();
  }

  /** Aborts with LeaseLost, or with what made the journal unwritable for good. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** From now on a full disk ends the recorder at once, with the error that says so, in place of a wait. */
  waitNoMore(): void {
    this.#hurry.abort();
  }

  /** Milliseconds since 1970 at which something was last recorded here, read from outside, or touched. */
  get activeAtMs(): number {
    return this.#activeAtMs;
  }

  /** Something stirs that is not recorded: a delta was streamed. */
  touch(): void {
    this.#activeAtMs = this.#ports.clock.now();
  }

  /** Events recorded and not yet on their way. */
  get pending(): number {
    return this.#events.length;
  }

  /** Stamps and folds events; they are durable when the next `commit()` resolves. */
  record(drafts: readonly EventDraft[]): void {
    if (drafts.length > 0) this.touch();
    for (const draft of drafts) {
      const stamp = { id: this.#ports.ids.uuid(), ts: isoTime(this.#ports.clock.now()) };
      // One object serves the fold and the journal. `event` comes before the scope: readers look for it there.
      const head = { ...stamp, run_id: this.state.runId, event: draft.event };
      const body: FoldedEvent = Object.assign(head, draft);
      fold(this.state, body);
      this.#ports.observe?.(draft);
      this.#events.push({ folded: body, stored: { type: draft.event, body } });
      this.#unwritten++;
    }
  }

  /** Keeps bytes for the next commit and gives their hash. */
  blob(bytes: Uint8Array): string {
    const blob = blobOf(bytes);
    this.#blobs.push(blob);
    this.#unwrittenBlobs.set(blob.hash, blob.bytes);
    return blob.hash;
  }

  /** The bytes of a blob that is not on disk yet; undefined for any other. */
  unwrittenBlob(hash: string): Uint8Array | undefined {
    return this.#unwrittenBlobs.get(hash);
  }

  /** Resolves when all that was recorded before the call is on disk. Rejects when it never will be. */
  commit(): Promise<void> {
    const next = this.#sending.then(() => this.#send());
    this.#sending = next.catch(() => {
      // Whoever asked for this commit gets the rejection; the chain goes on to say the same again.
    });
    return next;
  }

  /** Folds an event that was appended from outside and read back; undefined for one of an unknown type. */
  foldOutside(event: FoldedEvent | undefined, seq: number): void {
    const { state } = this;
    const before = state.seq;
    this.touch();
    if (event !== undefined) fold(state, event);
    // Events of our own that lie before it may still be on their way: the state stands at the last without a gap.
    state.seq = before;
    this.#reached(seq, seq);
  }

  /** Takes a snapshot when one is due. Called when all that is folded is also on disk. */
  quiescent(): void {
    const { state } = this;
    const due = state.seq - this.#snapshotSeq >= SNAPSHOT_EVENTS;
    if (!due || this.#unwritten > 0 || this.#islands.size > 0) return;
    this.#snapshotSeq = state.seq;
    this.#snapshot = {
      version: SNAPSHOT_VERSION,
      seq: seqOf(state.seq),
      body: encodeSnapshot(state),
    };
  }

  async #send(): Promise<void> {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    const events = this.#events;
    const blobs = this.#blobs;
    if (events.length === 0 && blobs.length === 0) return;
    this.#events = [];
    this.#blobs = [];
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    const parts = inParts(blobs);
    const last = parts.pop() ?? [];
    for (const part of parts) await this.#append([], part, undefined);
    const firstSeq = await this.#append(events, last, snapshot);
    this.#unwritten -= events.length;
    this.#written(blobs);
    events.forEach(({ folded }, i) => this.#opened(folded, firstSeq + i));
    if (events.length > 0) this.#reached(firstSeq, firstSeq + events.length - 1);
  }

  /** Whoever kept the same bytes again meanwhile still waits for them. */
  #written(blobs: readonly Blob[]): void {
    const waiting = new Set(this.#blobs.map(({ hash }) => hash));
    for (const { hash } of blobs) if (!waiting.has(hash)) this.#unwrittenBlobs.delete(hash);
  }

  async #append(
    events: readonly Pending[],
    blobs: readonly Blob[],
    snapshot: SnapshotDraft | undefined,
  ): Promise<number> {
    const { state } = this;
    for (;;) {
      try {
        const result = await this.#ports.journal.append({
          stream: runStream(state.runId),
          authority: { kind: 'owner', epoch: state.epoch },
          events: events.map((e) => e.stored),
          blobs,
          ...(snapshot === undefined ? {} : { snapshot }),
        });
        if (result.ok) return result.firstSeq;
        throw result.reason === 'lease_lost'
          ? new LeaseLost(state.runId, result.epoch)
          : new Error(`run ${state.runId}: an owner's append was refused: ${result.reason}`);
      } catch (error) {
        const full = error instanceof FabroError && error.code === 'storage_full';
        if (!full || !(await this.#waitForSpace())) {
          this.#lost.abort(error);
          throw error;
        }
      }
    }
  }

  /** Nothing acts while the disk is full. False when nobody wants to wait any longer. */
  async #waitForSpace(): Promise<boolean> {
    const { clock } = this.#ports;
    try {
      await clock.sleepUntil(clock.now() + FULL_DISK_RETRY_MS, this.#hurry.signal);
    } catch {
      // Told not to wait any longer: the signal has no other reason to abort.
    }
    return !this.#hurry.signal.aborted;
  }

  /** A stage learns where its record begins, so that recovery finds its calls. */
  #opened(event: FoldedEvent, seq: number): void {
    if (event.event !== 'stage.started') return;
    for (const frame of this.state.frames.values()) {
      const stage = openStage(frame);
      if (stage === undefined || stage.stageId !== event.stage_id) continue;
      if (stage.attempt === event.properties.attempt) stage.openedSeq = seq;
    }
  }

  #reached(first: number, last: number): void {
    this.#islands.set(first, last);
    for (
      let end = this.#islands.get(this.state.seq + 1);
      end !== undefined;
      end = this.#islands.get(this.state.seq + 1)
    ) {
      this.#islands.delete(this.state.seq + 1);
      this.state.seq = end;
    }
  }
}

/** Blobs in groups that an append takes: several commands may have ended while one was under way. */
function inParts(blobs: readonly Blob[]): Blob[][] {
  const parts: Blob[][] = [];
  let room = 0;
  for (const blob of blobs) {
    const part = parts.at(-1);
    if (part === undefined || blob.bytes.byteLength > room) {
      parts.push([blob]);
      room = MAX_APPEND_BLOB_BYTES;
    } else part.push(blob);
    room -= blob.bytes.byteLength;
  }
  return parts;
}

function seqOf(value: number): SnapshotDraft['seq'] {
  const seq = eventSeq(value);
  if (seq === undefined) throw new RangeError(`sequence number ${value} is no integer from 0`);
  return seq;
}
