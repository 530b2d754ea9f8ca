/** Set-up that the tests of this package share: a folder, its processes, and looks at the real system. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type ProcessResult,
  type Processes,
  type RunOptions,
  type SpawnRequest,
  createProcesses,
} from '../src/index.js';

export interface Bench {
  readonly rootId: string;
  readonly folder: string;
  readonly processes: Processes;
  request(request: Partial<SpawnRequest> & Pick<SpawnRequest, 'argv'>): SpawnRequest;
  run(
    request: Partial<SpawnRequest> & Pick<SpawnRequest, 'argv'>,
    options?: Partial<RunOptions>,
  ): Promise<ProcessResult>;
}

/** Processes with a root of their own in a fresh folder; both are gone when the test ends. */
export async function bench(): Promise<Bench> {
  const rootId = randomUUID();
  const folder = await mkdtemp(join(tmpdir(), 'fabro-process-'));
  const processes = createProcesses({ rootId });
  onTestFinished(async () => {
    await processes.close();
    await createProcesses({ rootId }).endLeftovers();
    await rm(folder, { recursive: true, force: true });
  });
  let count = 0;
  const request: Bench['request'] = (given) => {
    const name = join(folder, `output-${(count += 1)}`);
    return {
      key: `run/root/${count}`,
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '' },
      stdoutPath: `${name}.out`,
      stderrPath: `${name}.err`,
      maxOutputBytes: 10_000_000,
      ...given,
    };
  };
  return {
    rootId,
    folder,
    processes,
    request,
    run: (given, options) =>
      processes.run(request(given), { signal: new AbortController().signal, ...options }),
  };
}

export function bash(script: string): readonly [string, ...string[]] {
  return ['bash', '-c', script];
}

/** Looks again and again until the value is there; the test's own timeout bounds it. */
export async function eventually<T>(
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The pid that a script wrote to a file, once it is complete. */
export async function pidIn(path: string): Promise<number> {
  return await eventually(async () => {
    if (!existsSync(path)) return undefined;
    const text = await readFile(path, 'utf8');
    return /^\d+\n$/.test(text) ? Number(text) : undefined;
  });
}

/** The state letter of a process (`S`, `T`, …); undefined when it is gone or a zombie. */
export function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const state = stat.slice(stat.lastIndexOf(')') + 2)[0];
    return state === 'Z' || state === 'X' ? undefined : state;
  } catch {
    // No such process.
    return undefined;
  }
}

/** The living processes whose environment contains the text. */
export function processesWith(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
      } catch {
        // Gone meanwhile.
        return false;
      }
    });
}

/** A pause that the test works by hand. */
export function manualPause(paused = false) {
  const listeners = new Set<(paused: boolean) => void>();
  return {
    paused,
    listeners,
    subscribe(listener: (paused: boolean) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set(value: boolean) {
      this.paused = value;
      for (const listener of listeners) listener(value);
    },
  };
}
