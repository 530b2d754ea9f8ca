/** Ends a process before or after its k-th port call: from then on none of its calls comes back. */

/** The way of every call that a process makes to the world. */
export interface Port {
  call<T>(act: () => Promise<T>): Promise<T>;
}

export interface CrashPoint {
  /** From 1. */
  readonly call: number;
  readonly when: 'before' | 'after';
}

const NEVER = new Promise<never>(() => {
  // A dead process never gets an answer.
});

export class Crasher implements Port {
  readonly died: Promise<void>;
  readonly #point: CrashPoint | undefined;
  readonly #onCall: () => void;
  readonly #death = new AbortController();
  #die: () => void = () => {};
  #calls = 0;

  constructor(point: CrashPoint | undefined, onCall: () => void) {
    this.#point = point;
    this.#onCall = onCall;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  /** Calls made so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Aborts when the process dies. */
  get death(): AbortSignal {
    return this.#death.signal;
  }

  async call<T>(act: () => Promise<T>): Promise<T> {
    if (this.#death.signal.aborted) return NEVER;
    this.#onCall();
    const mine = ++this.#calls;
    const hit = this.#point?.call === mine;
    if (hit && this.#point?.when === 'before') return this.#dies();
    const result = await act();
    if (hit) return this.#dies();
    if (this.#death.signal.aborted) return NEVER;
    return result;
  }

  #dies(): Promise<never> {
    this.#death.abort(new Error('the process has died'));
    this.#die();
    return NEVER;
  }
}
