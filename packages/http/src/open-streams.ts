/**
 * The streams that a server has open, so that it can end them when it stops. A set rather than an
 * AbortSignal: hundreds of listeners on one signal are taken for a leak by the platform.
 */
export class OpenStreams {
  readonly #ends = new Set<() => void>();
  #closed = false;

  /** Open streams now. */
  get size(): number {
    return this.#ends.size;
  }

  /** Registers a stream's end; returns how to take it out again. After `closeAll` it is ended at once. */
  add(end: () => void): () => void {
    if (this.#closed) {
      end();
      return () => {};
    }
    this.#ends.add(end);
    return () => void this.#ends.delete(end);
  }

  /** Ends every stream, and every one that is opened later. */
  closeAll(): void {
    this.#closed = true;
    for (const end of this.#ends) end();
    this.#ends.clear();
  }
}
