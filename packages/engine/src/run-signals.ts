/** What reaches acting handlers from the run's state: whether it is paused, and answers to questions. */
import type { Answer, PauseSignal } from '@fabro/protocol';
import type { RunState } from './state.js';

export class RunSignals implements PauseSignal {
  #paused = false;
  readonly #pauseListeners = new Set<(paused: boolean) => void>();
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  get paused(): boolean {
    return this.#paused;
  }

  subscribe(listener: (paused: boolean) => void): () => void {
    this.#pauseListeners.add(listener);
    return () => this.#pauseListeners.delete(listener);
  }

  /** Passes on what has changed. */
  publish(state: RunState): void {
    const paused = state.status === 'paused';
    if (paused !== this.#paused) {
      this.#paused = paused;
      for (const listener of this.#pauseListeners) listener(paused);
    }
    for (const [id, resolve] of this.#waiting) {
      const answer = state.questions.get(id)?.answer;
      if (answer === undefined) continue;
      this.#waiting.delete(id);
      resolve(answer);
    }
  }

  /** Resolves with the recorded answer; rejects with the signal's reason when it aborts. */
  answered(id: string, state: RunState, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const known = state.questions.get(id)?.answer;
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(id);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(id, (answer) => {
        signal.removeEventListener('abort', onAbort);
        resolve(answer);
      });
    });
  }
}
