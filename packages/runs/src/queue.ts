/** The queue: oldest first, so many at once; what was running when the last server died is taken up first. */
import { parseRunId, type RunId } from '@fabro/protocol';
import type { OutsidePorts } from './append.js';
import { claimRun } from './control.js';
import { conductRun, type ConductPorts } from './conduct.js';

interface Active {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

export interface QueuePorts extends OutsidePorts, ConductPorts {
  readonly maxConcurrentRuns: number;
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

  /** Takes up every run that an earlier server left unfinished, then starts what is queued. */
  recover(): void {
    for (const run of this.#unfinished()) this.#start(run);
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
      if (run === undefined) return;
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
    const done = conductRun(run, this.#ports, controller.signal).then((result) => {
      this.#active.delete(run);
      if (result === 'quarantined') this.#quarantined.add(run);
      if (!this.#stopped) this.wake();
    });
    this.#active.set(run, { controller, done });
  }
}
