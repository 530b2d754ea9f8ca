/** The queue: oldest first, so many at once; what was running when the last server died is taken up first. */
import { parseRunId, type FabroError, type RunId } from '@fabro/protocol';
import type { OutsidePorts } from './append.js';
import { claimRun } from './control.js';
import { conductRun } from './conduct.js';
import type { ConductPorts } from './conduct-ports.js';

interface Active {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Says whether new work may begin; `closed` is the error for who asks. */
export interface WriteGate {
  readonly closed: FabroError | undefined;
}

export interface QueuePorts extends OutsidePorts, ConductPorts {
  readonly maxConcurrentRuns: number;
  /** Absent: always open. */
  readonly gate?: WriteGate;
}

export class RunQueue {
  readonly #ports: QueuePorts;
  readonly #active = new Map<RunId, Active>();
  readonly #quarantined = new Set<RunId>();
  #pumping: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(ports: QueuePorts) {
    this.#ports = ports;
  }

  get activeRuns(): number {
    return this.#active.size;
  }

  /** Runs whose streams contradict themselves; they are left as they are. */
  get quarantined(): readonly RunId[] {
    return [...this.#quarantined];
  }

  /**
   * Takes up every unfinished run that nobody conducts, then starts what is queued: at boot those that an
   * earlier server left, later those that were let go because the journal could not be written.
   */
  recover(): void {
    if (this.#stopped) return;
    for (const run of this.#unfinished())
      if (!this.#active.has(run) && !this.#quarantined.has(run)) this.#start(run);
    this.wake();
  }

  /** Looks whether a queued run can start. */
  wake(): void {
    this.#pumping = this.#pumping
      .then(() => this.#pump())
      .catch((error: unknown) => {
        this.#ports.log(
          'error',
          { error: error instanceof Error ? error.stack : String(error) },
          'the queue could not start a run',
        );
      });
  }

  /** Resolves when this server does not conduct the run (any more). */
  async idle(run: RunId): Promise<void> {
    await this.#active.get(run)?.done;
  }

  /** Suspends all runs and waits for them. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#pumping;
    for (const { controller } of this.#active.values())
      controller.abort(new Error('the server stops'));
    await Promise.all([...this.#active.values()].map((a) => a.done));
  }

  #unfinished(): readonly RunId[] {
    const rows = this.#ports.journal.select({
      table: 'runs',
      where: [{ column: 'status', in: ['starting', 'running', 'paused'] }],
      orderBy: [{ column: 'created_at' }, { column: 'stream' }],
      limit: 1_000,
    });
    return rows.flatMap((row) => parseRunId(row.stream) ?? []);
  }

  async #pump(): Promise<void> {
    while (!this.#stopped && this.#active.size < this.#ports.maxConcurrentRuns) {
      const run = this.#oldest();
      if (run === undefined || this.#ports.gate?.closed !== undefined) return;
      if (await claimRun(run, this.#ports)) this.#start(run);
    }
  }

  #oldest(): RunId | undefined {
    const [row] = this.#ports.journal.select({
      table: 'runs',
      where: [{ column: 'status', in: ['queued'] }],
      orderBy: [{ column: 'queued_at' }, { column: 'stream' }],
      limit: 1,
    });
    return row === undefined ? undefined : parseRunId(row.stream);
  }

  #start(run: RunId): void {
    const controller = new AbortController();
    const before = this.#active.get(run)?.done;
    const done = this.#conduct(run, before, controller);
    this.#active.set(run, { controller, done });
  }

  /** @param before an ended run can be resumed while the last of its first life is still being put away. */
  async #conduct(
    run: RunId,
    before: Promise<void> | undefined,
    controller: AbortController,
  ): Promise<void> {
    await before;
    const result = await conductRun(run, this.#ports, controller.signal);
    if (this.#active.get(run)?.controller === controller) this.#active.delete(run);
    if (result === 'quarantined') this.#quarantined.add(run);
    if (!this.#stopped) this.wake();
  }
}
