/** A clock that moves on to the next sleeper when nothing else happens. */
import type { Clock } from '@fabro/protocol';

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

/** Turns of the event loop without a port call after which the world counts as idle. */
const IDLE_TURNS = 4;

export class IdleClock implements Clock {
  #nowMs = Date.UTC(2026, 0, 1);
  #activity = 0;
  #watching = false;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#nowMs;
  }

  /** Called at every port call: the world is not idle. */
  busy(): void {
    this.#activity++;
  }

  sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (atMs <= this.#nowMs) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = {
        atMs,
        wake: () => {
          signal.removeEventListener('abort', onAbort);
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.add(sleeper);
      this.#watch();
    });
  }

  /** Forgets the sleepers of a process that has died. */
  forget(): void {
    this.#sleepers.clear();
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    let seen = this.#activity;
    let quiet = 0;
    const turn = (): void => {
      if (this.#sleepers.size === 0) {
        this.#watching = false;
        return;
      }
      quiet = seen === this.#activity ? quiet + 1 : 0;
      seen = this.#activity;
      if (quiet >= IDLE_TURNS) {
        const [first] = [...this.#sleepers].toSorted((a, b) => a.atMs - b.atMs);
        if (first !== undefined) {
          this.#nowMs = Math.max(this.#nowMs, first.atMs);
          first.wake();
        }
        quiet = 0;
      }
      setImmediate(turn);
    };
    setImmediate(turn);
  }
}
