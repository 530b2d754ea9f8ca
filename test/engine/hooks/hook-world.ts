/** A runner of hooks over a sandbox. */
import {
  createHookRunner,
  hooksOf,
  type Hook,
  type HookEntry,
  type HookFetch,
  type HookResult,
  type HookRunnerPorts,
} from '@fabro/engine';
import { callKey, type Clock, type HookContext } from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';

export const CONTEXT: HookContext = {
  event: 'stage_start',
  run_id: '01JZ0000000000000000000000',
  workflow_name: 'Ship',
};

/** A clock that stands still until the test lets the time pass. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  async sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (atMs <= this.#nowMs) return;
    await new Promise<void>((wake, reject) => {
      const sleeper = { atMs, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  /** How many wait for it now. */
  get waiting(): number {
    return this.#sleepers.size;
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.atMs > this.#nowMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

const nobody: HookFetch = () => Promise.reject(new Error('nobody is to be asked'));

function hookOf(entry: Partial<HookEntry>): Hook {
  const [hook] = hooksOf([{ event: 'stage_start', name: 'gate', ...entry }]);
  if (hook === undefined) throw new Error('no hook');
  return hook;
}

export interface AskOptions {
  readonly context?: Partial<HookContext>;
  readonly ports?: Partial<HookRunnerPorts>;
  readonly signal?: AbortSignal;
}

/** Runs one hook. */
export async function ask(
  sandbox: Sandbox,
  entry: Partial<HookEntry>,
  { context, ports, signal = new AbortController().signal }: AskOptions = {},
): Promise<HookResult> {
  const runner = createHookRunner({
    sandbox,
    clock: new ManualClock(),
    fetch: nobody,
    env: {},
    redact: (text) => text.replaceAll('hunter22', 'REDACTED'),
    ...ports,
  });
  const key = callKey('run', 'root', 'build@1', 'a1', 'hook');
  return await runner.run(
    { key, hook: hookOf(entry), context: { ...CONTEXT, ...context } },
    { signal },
  );
}
