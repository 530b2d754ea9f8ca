/** A bell for one waiter: rings that come while it is busy are not lost. */
export class Wake {
  #rung = false;
  #resolve: (() => void) | undefined;

  /** Ends the present or the next `wait()`. */
  ring(): void {
    const resolve = this.#resolve;
    if (resolve === undefined) {
      this.#rung = true;
      return;
    }
    this.#resolve = undefined;
    resolve();
  }

  /** True when it rang and nobody has waited since; the ring counts as heard then. */
  heard(): boolean {
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }

  wait(): Promise<void> {
    if (this.#rung) {
      this.#rung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}
