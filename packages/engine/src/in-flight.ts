/** The acts under way, at most one for each slot: begun, aborted, and awaited. */
import type { EventDraft } from '@fabro/protocol';
import type { Slot } from './decide.js';

/** What an act comes back with; undefined when it was aborted. */
export type ActResult = (() => readonly EventDraft[]) | undefined;

interface Running {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

export class InFlight {
  readonly #running = new Map<Slot, Running>();
  readonly #settled: ActResult[] = [];
  readonly #ring: () => void;
  #failure: { readonly error: unknown } | undefined;

  /** @param ring called whenever an act settles. */
  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Slots whose act has not been taken back by the loop yet. */
  get slots(): ReadonlySet<Slot> {
    return new Set(this.#running.keys());
  }

  get size(): number {
    return this.#running.size;
  }

  start(slot: Slot, act: (signal: AbortSignal) => Promise<ActResult>): void {
    const controller = new AbortController();
    const done = act(controller.signal).then(
      (result) => this.#settle(slot, result),
      (error: unknown) => {
        if (!controller.signal.aborted) this.#failure ??= { error };
        this.#settle(slot, undefined);
      },
    );
    this.#running.set(slot, { controller, done });
  }

  /** Asks an act to end; it still settles. */
  cancel(slot: Slot, reason: Error): void {
    this.#running.get(slot)?.controller.abort(reason);
  }

  /** The results that came since the last call. Throws when an act failed in a way that no event records. */
  take(): readonly ActResult[] {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#settled.splice(0);
  }

  /** Aborts all and waits until they have ended. */
  async stop(reason: Error): Promise<void> {
    for (const { controller } of this.#running.values()) controller.abort(reason);
    await Promise.all([...this.#running.values()].map((r) => r.done));
  }

  #settle(slot: Slot, result: ActResult): void {
    this.#running.delete(slot);
    this.#settled.push(result);
    this.#ring();
  }
}
