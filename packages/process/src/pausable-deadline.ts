/** A time limit whose clock stands still while the work is paused. */
import type { Clock } from '@fabro/protocol';

export class PausableDeadline {
  readonly #clock: Clock;
  readonly #onExpired: () => void;
  #leftMs: number;
  #leg: { readonly startedAt: number; readonly stop: AbortController } | undefined;

  constructor(clock: Clock, timeoutMs: number, onExpired: () => void) {
    this.#clock = clock;
    this.#leftMs = timeoutMs;
    this.#onExpired = onExpired;
  }

  /** Starts the clock, or lets it go on. */
  resume(): void {
    if (this.#leg !== undefined) return;
    const leg = { startedAt: this.#clock.now(), stop: new AbortController() };
    this.#leg = leg;
    this.#clock.sleepUntil(leg.startedAt + this.#leftMs, leg.stop.signal).then(
      () => {
        if (!leg.stop.signal.aborted) this.#onExpired();
      },
      // Only `pause` aborts the wait, and that is no failure.
      () => undefined,
    );
  }

  /** Stops the clock; without a later `resume` it never expires. */
  pause(): void {
    if (this.#leg === undefined) return;
    this.#leftMs -= this.#clock.now() - this.#leg.startedAt;
    this.#leg.stop.abort();
    this.#leg = undefined;
  }
}
