/**
 * Messages that wait to be told to the model. Which turn carried a message is recorded with that turn's model
 * call; the source gives all messages of the session again after a restart, and what the recorded turns
 * carried is taken off the queue as they are read back.
 */
export class Steering {
  readonly #take: () => readonly string[];
  readonly #waiting: string[] = [];

  constructor(take: () => readonly string[]) {
    this.#take = take;
  }

  /** What would be told with the next model call. Takes nothing off. */
  waiting(): readonly string[] {
    this.#waiting.push(...this.#take());
    return [...this.#waiting];
  }

  /** Takes off what a model call has recorded as told. */
  told(texts: readonly string[]): void {
    for (const text of texts) {
      const at = this.#waiting.indexOf(text);
      if (at >= 0) this.#waiting.splice(at, 1);
    }
  }
}
