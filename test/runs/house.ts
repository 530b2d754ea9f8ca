/** A server's runs without HTTP: a journal in memory, a sandbox that does what a command's text says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGit } from '@fabro/git';
import type { Journal, StoredEvent } from '@fabro/journal';
import { createMemoryJournal } from '@fabro/journal/memory';
import {
  AnyEvent,
  FabroError,
  RunManifest,
  eventSeq,
  isoTime,
  parseRunId,
  runStream,
  type Clock,
  type EventDraft,
  type IdSource,
  type RunId,
} from '@fabro/protocol';
import {
  LiveHub,
  RUN_PROJECTIONS,
  createRunService,
  type Caller,
  type RunServicePorts,
  type Runs,
} from '@fabro/runs';
import type { ExecOutput, ExecResult, Sandbox } from '@fabro/sandbox';
import { onTestFinished } from 'vitest';

export const CALLER: Caller = { actor: { kind: 'user', login: 'dev' }, transport: 'unix' };
export const REMOTE: Caller = { actor: { kind: 'user', login: 'dev' }, transport: 'tcp' };

/** A clock that moves only when it is told to. */
class ManualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #sleepers = new Set<{ readonly atMs: number; wake(): void }>();

  now(): number {
    return this.#now;
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) if (sleeper.atMs <= this.#now) sleeper.wake();
  }

  sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (atMs <= this.#now) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        signal.removeEventListener('abort', onAbort);
        this.#sleepers.delete(sleeper);
      };
      const sleeper = {
        atMs,
        wake: () => {
          end();
          resolve();
        },
      };
      const onAbort = (): void => {
        end();
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.add(sleeper);
    });
  }
}

function countingIds(): IdSource {
  let n = 0;
  return {
    ulid: () => `01JZ${String(++n).padStart(22, '0')}`,
    uuid: () => `event-${++n}`,
  };
}

/** What commands did, and those that wait to be let go. */
class Commands {
  readonly started: string[] = [];
  readonly environments: Readonly<Record<string, string>>[] = [];
  readonly #waiting = new Map<string, () => void>();
  readonly #released = new Set<string>();

  /** Lets the command `wait NAME` end, now or when it comes. */
  release(name: string): void {
    this.#released.add(name);
    this.#waiting.get(name)?.();
  }

  /** `ok`, `fail`, `defect`, or `wait NAME`. */
  async run(command: string, signal: AbortSignal): Promise<ExecResult> {
    this.started.push(command);
    const [verb, name = ''] = command.split(' ');
    if (verb === 'defect') throw new TypeError('the sandbox is broken');
    if (verb === 'wait' && !this.#released.has(name)) {
      const cancelled = await new Promise<boolean>((resolve) => {
        const onAbort = (): void => resolve(true);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) resolve(true);
        this.#waiting.set(name, () => {
          signal.removeEventListener('abort', onAbort);
          resolve(false);
        });
      });
      if (cancelled) return ended({ termination: 'cancelled' });
    }
    return ended({ termination: 'exited', exitCode: verb === 'fail' ? 1 : 0 });
  }
}

function ended(how: Pick<ExecResult, 'termination' | 'exitCode'>): ExecResult {
  const output: ExecOutput = { bytes: 0, tail: async () => '', read: async () => new Uint8Array() };
  return { ...how, durationMs: 1, stdout: output, stderr: output, dispose: async () => {} };
}

function commandSandbox(commands: Commands, workdir: string): Sandbox {
  return {
    provider: 'local',
    workdir,
    exec: ({ command, argv, env }, { signal }) => {
      commands.environments.push(env ?? {});
      return commands.run(command ?? (argv ?? []).join(' '), signal);
    },
    recoveredOutput: async () => undefined,
    readFile: async (path) => {
      throw new FabroError('not_found', `${path} does not exist`);
    },
    writeFile: async () => {},
    stat: async () => undefined,
    glob: async () => [],
    grep: async () => [],
    at: (dir) => commandSandbox(commands, dir),
    endLeftovers: async () => [],
  };
}

export interface House extends Runs {
  readonly ports: RunServicePorts;
  readonly journal: Journal;
  readonly clock: ManualClock;
  readonly commands: Commands;
  readonly live: LiveHub;
  readonly logs: string[];
  /** Creates a run of a graph's statements. */
  create(statements: string, manifest?: object): Promise<RunId>;
  /** Creates and starts one. */
  start(statements: string, manifest?: object): Promise<RunId>;
  /** Resolves with the n-th event of a type (from 1). */
  event(run: RunId, type: string, nth?: number): Promise<AnyEvent>;
  events(run: RunId): readonly AnyEvent[];
  /** Appends to a run's stream without a precondition, as an earlier server did. */
  put(run: RunId, ...drafts: readonly EventDraft[]): Promise<void>;
  /** Another server on the same journal. */
  next(ports?: Partial<RunServicePorts>): House;
}

export const ONE_COMMAND = 'a [shape=parallelogram, script="ok"] start -> a -> exit';
/** Nobody watches it: tests let days pass while it waits. */
export const WAITING =
  'graph [stall_timeout=0s] a [shape=parallelogram, script="wait a"] start -> a -> exit';
export const GATE =
  'ask [shape=hexagon, label="Ship?"] ship [shape=parallelogram, script="ok"] start -> ask ask -> ship [label="[Y] Yes"] ask -> exit [label="[N] No"] ship -> exit';

function digraph(statements: string): string {
  return `digraph Work { graph [goal="get it done"] start [shape=Mdiamond] exit [shape=Msquare] ${statements} }`;
}

export function manifest(statements: string, more: object = {}): RunManifest {
  return RunManifest.parse({
    version: 1,
    cwd: tmpdir(),
    target: { identifier: 'work', path: 'workflows/work/workflow.fabro' },
    args: { in_place: true },
    workflows: { 'workflows/work/workflow.fabro': { source: digraph(statements) } },
    ...more,
  });
}

export async function openHouse(wish: Partial<RunServicePorts> = {}): Promise<House> {
  const storageRoot = await mkdtemp(join(tmpdir(), 'fabro-runs-'));
  onTestFinished(() => rm(storageRoot, { recursive: true, force: true }));
  const journal = createMemoryJournal({ projections: RUN_PROJECTIONS });
  onTestFinished(() => journal.close());
  const commands = new Commands();
  const clock = new ManualClock();
  return houseOn({ journal, storageRoot, ...wish }, commands, clock, countingIds());
}

function houseOn(
  wish: Partial<RunServicePorts> & Pick<RunServicePorts, 'journal' | 'storageRoot'>,
  commands: Commands,
  clock: ManualClock,
  ids: IdSource,
): House {
  const logs: string[] = [];
  const live = new LiveHub(clock);
  const sandbox = ({ workdir }: { readonly workdir: string }) => commandSandbox(commands, workdir);
  const ports: RunServicePorts = {
    clock,
    ids,
    live,
    models: {
      resolve: () => {
        throw new Error('these runs have no model');
      },
      configured: false,
    },
    git: createGit({ sandbox: sandbox({ workdir: wish.storageRoot }) }),
    holder: 'test',
    defaults: {},
    env: {},
    envAllow: [],
    maxConcurrentRuns: 5,
    sandbox,
    hookFetch: () => Promise.reject(new Error('these runs ask nobody over HTTP')),
    random: () => 0.5,
    redact: (text) => text,
    log: (level, fields, message) => logs.push(`${level} ${message} ${JSON.stringify(fields)}`),
    ...wish,
  };
  const { journal } = ports;
  const runs = createRunService(ports);
  onTestFinished(() => runs.queue.stop());
  const create: House['create'] = async (statements, more) => {
    const { run } = await runs.service.create(manifest(statements, more), CALLER);
    return idOf(run.id);
  };
  return {
    ...runs,
    ports,
    journal,
    clock,
    commands,
    live,
    logs,
    create,
    start: async (statements, more) => {
      const run = await create(statements, more);
      await runs.service.start(run, { resume: false }, CALLER);
      return run;
    },
    event: (run, type, nth = 1) => eventOf(journal, run, type, nth),
    events: (run) => eventsOf(journal, run),
    put: (run, ...drafts) => put(journal, clock, run, drafts),
    next: (more = {}) => houseOn({ ...wish, ...more }, commands, clock, ids),
  };
}

export function idOf(text: string): RunId {
  const run = parseRunId(text);
  if (run === undefined) throw new Error(`${text} is no run id`);
  return run;
}

async function eventOf(journal: Journal, run: RunId, type: string, nth: number): Promise<AnyEvent> {
  const controller = new AbortController();
  const after = eventSeq(0);
  if (after === undefined) throw new Error('0 is a sequence number');
  let seen = 0;
  for await (const batch of journal.subscribe(runStream(run), { after, signal: controller.signal }))
    for (const stored of batch)
      if (stored.type === type && ++seen === nth) {
        controller.abort();
        return parsed(stored);
      }
  throw new Error(`the journal closed before ${type} of ${run}`);
}

function eventsOf(journal: Journal, run: RunId): readonly AnyEvent[] {
  const after = eventSeq(0);
  return after === undefined ? [] : journal.read(runStream(run), { after, limit: 500 }).map(parsed);
}

function parsed(stored: StoredEvent): AnyEvent {
  return AnyEvent.parse(JSON.parse(stored.json));
}

let puts = 0;
async function put(
  journal: Journal,
  clock: Clock,
  run: RunId,
  drafts: readonly EventDraft[],
): Promise<void> {
  await journal.append({
    stream: runStream(run),
    authority: { kind: 'outside', preconditions: [] },
    events: drafts.map(({ event, properties, ...scope }) => ({
      type: event,
      body: {
        id: `put-${++puts}`,
        ts: isoTime(clock.now()),
        run_id: run,
        event,
        ...scope,
        properties,
      },
    })),
  });
}
