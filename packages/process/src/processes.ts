/** The port's implementation: a lazily started spawner, the runs in it, one timer that looks at them all. */
import { randomUUID } from 'node:crypto';
import { type Clock, FabroError } from '@fabro/protocol';
import { ActiveRun } from './active-run.js';
import { steadyClock } from './clock.js';
import { endMarked } from './leftovers/end-marked.js';
import {
  IDLE_SPAWNER_MS,
  KILL_WAIT_MS,
  MAX_ACTIVE_RUNS,
  OUTPUT_POLL_MS,
  TERM_GRACE_MS,
} from './limits.js';
import { markVariables } from './marker.js';
import type { Leftover, ProcessResult, Processes, RunOptions, SpawnRequest } from './port.js';
import { SpawnerClient } from './spawner-client.js';
import { type SpawnerEntry, spawnerEntry } from './spawner-entry.js';
import { checkRequest } from './start-error.js';
import { untilResumed } from './until-resumed.js';

export interface ProcessesOptions {
  /** Names the storage root in the markers: 1 to 64 letters, digits, `_` and `-`. */
  readonly rootId: string;
  /** Names this server among all that ever hold the root; default a fresh UUID. */
  readonly instance?: string;
  /** For durations and timeouts; default the machine's steady clock. */
  readonly clock?: Clock;
  /** The spawner's program; default the one of this package or bundle. */
  readonly entry?: SpawnerEntry;
  /** Where the spawner's PATH, HOME and TMPDIR come from; default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Processes by a spawner that starts with the first `run` and that ends, with all groups, when this
 * process ends in whatever way. Throws `invalid_argument` when `rootId` or `instance` cannot stand in a marker.
 */
export function createProcesses(options: ProcessesOptions): Processes {
  const instance = options.instance ?? randomUUID();
  for (const [name, value] of [
    ['rootId', options.rootId],
    ['instance', instance],
  ] as const) {
    if (/^[\w-]{1,64}$/.test(value)) continue;
    throw new FabroError(
      'invalid_argument',
      `createProcesses: ${name} ${JSON.stringify(value)}: expected 1 to 64 letters, digits, "_" or "-".`,
    );
  }
  return new SpawnedProcesses(options, instance);
}

class SpawnedProcesses implements Processes {
  readonly #rootId: string;
  readonly #instance: string;
  readonly #clock: Clock;
  readonly #options: ProcessesOptions;
  readonly #runs = new Map<ActiveRun, SpawnerClient>();
  readonly #closing = new AbortController();
  /** Runs between their call and their start count too. */
  readonly #admitted = new Set<Promise<ProcessResult>>();
  #spawner: SpawnerClient | undefined;
  #generation = 0;
  #ticker: NodeJS.Timeout | undefined;
  #retiring: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: ProcessesOptions, instance: string) {
    this.#rootId = options.rootId;
    this.#instance = instance;
    this.#clock = options.clock ?? steadyClock;
    this.#options = options;
  }

  async run(request: SpawnRequest, options: RunOptions): Promise<ProcessResult> {
    checkRequest(request);
    if (this.#closed !== undefined) {
      throw new FabroError('unavailable', 'processes: closed, nothing can be started any more.');
    }
    if (this.#admitted.size >= MAX_ACTIVE_RUNS) {
      throw new FabroError(
        'unavailable',
        `command ${request.key}: ${MAX_ACTIVE_RUNS} commands run already, no more are possible. Lower max_concurrent_runs.`,
      );
    }
    const result = this.#run(request, options);
    this.#admitted.add(result);
    clearTimeout(this.#retiring);
    try {
      return await result;
    } finally {
      this.#admitted.delete(result);
      if (this.#admitted.size === 0 && this.#closed === undefined) this.#retireLater();
    }
  }

  async endLeftovers(keyPrefix = ''): Promise<readonly Leftover[]> {
    return await endMarked(
      (mark) =>
        mark.rootId === this.#rootId &&
        !this.#isOwn(mark.instance) &&
        mark.key.startsWith(keyPrefix),
      this.#clock,
    );
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async #run(request: SpawnRequest, options: RunOptions): Promise<ProcessResult> {
    const spawner = await this.#readySpawner(options);
    if (spawner === undefined || this.#closed !== undefined) return neverStarted();
    const run = new ActiveRun(request, options, this.#clock, spawner);
    this.#runs.set(run, spawner);
    this.#ticker ??= setInterval(() => this.#tick(), OUTPUT_POLL_MS);
    try {
      const mark = { rootId: this.#rootId, key: request.key, instance: spawner.instance };
      const result = await run.run({ ...request.env, ...markVariables(mark) });
      if (result.termination !== 'exited') await this.#endStrays(spawner, request.key);
      return result;
    } finally {
      this.#runs.delete(run);
      if (this.#runs.size === 0) {
        clearInterval(this.#ticker);
        this.#ticker = undefined;
      }
    }
  }

  /** A spawner that is alive at a moment without pause; undefined when the run was cancelled first. */
  async #readySpawner({ signal, pause }: RunOptions): Promise<SpawnerClient | undefined> {
    for (;;) {
      await untilResumed(pause, [signal, this.#closing.signal]);
      if (signal.aborted || this.#closing.signal.aborted) return undefined;
      const spawner = this.#startSpawner();
      await spawner.ready;
      if (signal.aborted || this.#closing.signal.aborted) return undefined;
      if (spawner === this.#spawner && pause?.paused !== true) return spawner;
    }
  }

  /** An idle server keeps no helper: the next run starts another one. */
  #retireLater(): void {
    this.#retiring = setTimeout(() => {
      if (this.#admitted.size > 0) return;
      this.#spawner?.end();
      this.#spawner = undefined;
    }, IDLE_SPAWNER_MS).unref();
  }

  #tick(): void {
    for (const run of this.#runs.keys()) run.look();
  }

  #isOwn(instance: string): boolean {
    return instance.startsWith(`${this.#instance}.`);
  }

  #startSpawner(): SpawnerClient {
    if (this.#spawner !== undefined) return this.#spawner;
    this.#generation += 1;
    const spawner = new SpawnerClient(
      this.#options.entry ?? spawnerEntry(),
      { rootId: this.#rootId, key: '', instance: `${this.#instance}.${this.#generation}` },
      this.#options.env ?? process.env,
    );
    this.#spawner = spawner;
    void spawner.gone.then((how) => this.#spawnerGone(spawner, how));
    return spawner;
  }

  /** Ends what the dead spawner can no longer end, then tells its runs. The next run starts another one. */
  async #spawnerGone(spawner: SpawnerClient, how: string): Promise<void> {
    if (this.#spawner === spawner) this.#spawner = undefined;
    const orphans = [...this.#runs].filter(([, owner]) => owner === spawner).map(([run]) => run);
    if (orphans.length === 0) return;
    let why = how;
    try {
      await this.#endGeneration(spawner);
    } catch (error) {
      why = `${how}; ${String(error)}`;
    }
    for (const run of orphans) run.lose(why);
  }

  /** A command that was ended may have children that left its group; their mark still names it. */
  async #endStrays(spawner: SpawnerClient, key: string): Promise<void> {
    await endMarked((mark) => mark.instance === spawner.instance && mark.key === key, this.#clock);
  }

  async #endGeneration(spawner: SpawnerClient): Promise<void> {
    await endMarked((mark) => mark.instance === spawner.instance, this.#clock);
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#retiring);
    for (const run of this.#runs.keys()) run.end('cancelled');
    const spawner = this.#spawner;
    const patience = setTimeout(() => spawner?.kill(), TERM_GRACE_MS + 2 * KILL_WAIT_MS);
    try {
      spawner?.end();
      await spawner?.gone;
      await Promise.allSettled(this.#admitted);
    } finally {
      clearTimeout(patience);
    }
  }
}

function neverStarted(): ProcessResult {
  return { termination: 'cancelled', durationMs: 0, stdoutBytes: 0, stderrBytes: 0 };
}
