/**
 * What happens when the disk is full: a reserve is given up, so that there is room to record why; the server
 * turns read-only and active runs pause; when there is space again the reserve is laid back and the runs that
 * were paused here go on. Which runs those are is read from their streams, so it survives a restart.
 */
import {
  AnyEvent,
  FabroError,
  eventSeq,
  messageOf,
  parseRunId,
  runStream,
  type Actor,
  type EventDraft,
  type RunId,
} from '@fabro/protocol';
import { MAX_READ_EVENTS, MAX_SELECT_ROWS, type Health, type StoredEvent } from '@fabro/journal';
import { appendOutside, NOTHING_PENDING, statusIn, type OutsidePorts } from './append.js';
import { DISK_CHECK_MS, DISK_FREE_AGAIN_BYTES } from './limits.js';
import type { WriteGate } from './queue.js';
import { runRow, type RunRow } from './rows.js';

/** Space that is held so that it can be given up. */
export interface Reserve {
  /** Bytes that are free on the disk of the storage root. */
  freeBytes(): Promise<number>;
  exists(): Promise<boolean>;
  /** Takes the space. Rejects, and leaves nothing behind, when it is not there. */
  write(): Promise<void>;
  /** Gives the space up; nothing happens when there is no reserve. */
  remove(): Promise<void>;
}

export interface DiskGuardPorts extends OutsidePorts {
  readonly reserve: Reserve;
  readonly storageRoot: string;
  /** Free bytes from which the server goes on. Default DISK_FREE_AGAIN_BYTES. */
  readonly freeAgainBytes?: number;
  log(
    level: 'info' | 'warn' | 'error',
    fields: Readonly<Record<string, unknown>>,
    message: string,
  ): void;
}

const GUARD: Actor = { kind: 'system', system_kind: 'watchdog' };
const NOTICE = 'disk_full';

export class DiskGuard implements WriteGate {
  readonly #ports: DiskGuardPorts;
  readonly #freeAgain: number;
  #full = false;
  /** Runs may be paused that this guard, or the one of an earlier server, has to let go on. */
  #owing = true;
  /** A failure from before there was space again: the journal says it until its next append. */
  #pardoned: Health | undefined;
  /** What went wrong last, so that it is logged once and not every second. */
  #complaint = '';

  constructor(ports: DiskGuardPorts) {
    this.#ports = ports;
    this.#freeAgain = ports.freeAgainBytes ?? DISK_FREE_AGAIN_BYTES;
  }

  /** The error for whoever asks for new work while the disk is full. */
  get closed(): FabroError | undefined {
    if (!this.#full) return undefined;
    const mebibytes = Math.ceil(this.#freeAgain / (1024 * 1024));
    return new FabroError(
      'storage_full',
      `the disk of the storage root ${this.#ports.storageRoot} is full, and the server is read-only. Free space on it (\`fabro system prune\` removes ended runs); the server goes on by itself when ${mebibytes} MiB are free.`,
    );
  }

  /**
   * Looks every second until the signal aborts. Never rejects.
   * @param spaceAgain called when the server may write again.
   */
  async watch(options: { readonly signal: AbortSignal; spaceAgain(): void }): Promise<void> {
    const { clock } = this.#ports;
    while (!options.signal.aborted) {
      const wasFull = this.#full;
      await this.check();
      if (wasFull && !this.#full) options.spaceAgain();
      try {
        await clock.sleepUntil(clock.now() + DISK_CHECK_MS, options.signal);
      } catch {
        // Told to stop: the signal is the only thing that ends this wait early.
        return;
      }
    }
  }

  /** One look at the disk, and what follows from it. Never rejects: what fails is tried at the next look. */
  async check(): Promise<void> {
    try {
      await this.#look();
      this.#complaint = '';
    } catch (error) {
      const complaint = messageOf(error);
      if (complaint !== this.#complaint)
        this.#ports.log('warn', { error: complaint }, 'the disk guard could not do its work');
      this.#complaint = complaint;
    }
  }

  async #look(): Promise<void> {
    const { reserve } = this.#ports;
    const enough = (await reserve.freeBytes()) >= this.#freeAgain;
    const { health } = this.#ports.journal;
    const failing = !health.writable && health !== this.#pardoned;
    if (!enough && (failing || this.#full || !(await reserve.exists()))) return this.#close();
    if (enough && !(await reserve.exists())) await reserve.write();
    if (enough) this.#pardoned = health;
    this.#open();
    if (this.#owing) await this.#letGoOn();
  }

  async #close(): Promise<void> {
    const { reserve, storageRoot, log } = this.#ports;
    if (!this.#full) log('error', { storageRoot }, 'the disk is full; the server is read-only');
    this.#full = true;
    this.#owing = true;
    await reserve.remove();
    const message = `the disk of the storage root ${storageRoot} is full; the run pauses until there is space`;
    const drafts: readonly EventDraft[] = [
      { event: 'run.pause.requested', properties: { action: 'pause' } },
      { event: 'run.notice', properties: { level: 'warn', code: NOTICE, message } },
    ];
    for (const { row, run } of this.#rows('running'))
      if (row.pending === null && row.cancelling !== 1)
        await appendOutside(this.#ports, {
          run,
          actor: GUARD,
          drafts,
          preconditions: [statusIn('running'), ...NOTHING_PENDING],
        });
  }

  #open(): void {
    if (!this.#full) return;
    this.#full = false;
    this.#ports.log(
      'info',
      { storageRoot: this.#ports.storageRoot },
      'there is space again; the server goes on',
    );
  }

  /** Exactly the runs whose last pause was the guard's own. One that has not acted on it yet is asked later. */
  async #letGoOn(): Promise<void> {
    let later = false;
    for (const { row, run } of this.#rows('running', 'paused')) {
      if (row.cancelling === 1 || !this.#pausedHere(row, run)) continue;
      if (row.status === 'running') later = true;
      else
        await appendOutside(this.#ports, {
          run,
          actor: GUARD,
          drafts: [{ event: 'run.unpause.requested', properties: { action: 'unpause' } }],
          preconditions: [statusIn('paused'), ...NOTHING_PENDING],
        });
    }
    this.#owing = later;
  }

  #pausedHere(row: RunRow, run: RunId): boolean {
    const waits = row.status === 'paused' ? row.pending === null : row.pending === 'pause';
    if (!waits) return false;
    const next = this.#afterLastPause(run);
    if (next?.type !== 'run.notice') return false;
    const notice = AnyEvent.parse(JSON.parse(next.json));
    return notice.properties['code'] === NOTICE;
  }

  /** The event after the last request to pause. A run that pauses records little, so it is near the end. */
  #afterLastPause(run: RunId): StoredEvent | undefined {
    const { journal } = this.#ports;
    const stream = runStream(run);
    let next: StoredEvent | undefined;
    for (let end: number = journal.lastSeq(stream); end > 0; end -= MAX_READ_EVENTS) {
      const after = eventSeq(Math.max(0, end - MAX_READ_EVENTS));
      if (after === undefined) return undefined;
      const events = journal.read(stream, { after, limit: end - after });
      for (const event of events.toReversed()) {
        if (event.type === 'run.pause.requested') return next;
        next = event;
      }
    }
    return undefined;
  }

  #rows(...statuses: readonly string[]): readonly { readonly row: RunRow; readonly run: RunId }[] {
    return this.#ports.journal
      .select({
        table: 'runs',
        where: [{ column: 'status', in: statuses }],
        orderBy: [{ column: 'created_at' }, { column: 'stream' }],
        limit: MAX_SELECT_ROWS,
      })
      .flatMap((found) => {
        const run = parseRunId(found.stream);
        return run === undefined ? [] : [{ row: runRow(found), run }];
      });
  }
}
