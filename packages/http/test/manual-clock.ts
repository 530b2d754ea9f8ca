/** A clock that moves when told, and says when somebody sleeps on it. */
import type { Clock } from '@fabro/protocol';

export class ManualClock implements Clock {
  #now = 0;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (atMs <= this.#now) return resolve();
      const sleeper = { atMs, wake: resolve };
      this.#sleepers.push(sleeper);
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Moves the clock, wakes who is due and lets them act. */
  async advance(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.atMs <= this.#now);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.atMs > this.#now);
    for (const sleeper of due) sleeper.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
