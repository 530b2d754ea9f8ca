/** Cuts a byte stream into lines in linear time; a line may span any number of chunks. */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #pendingBytes = 0;

  /** @param maxBytes longest line; `push` throws a RangeError past it. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that this chunk completes, without their line feeds. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      this.#keep(chunk.subarray(from, end));
      lines.push(Buffer.concat(this.#parts).toString('utf8'));
      this.#parts = [];
      this.#pendingBytes = 0;
      from = end + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
    return lines;
  }

  #keep(part: Buffer): void {
    this.#pendingBytes += part.length;
    if (this.#pendingBytes > this.#maxBytes) {
      throw new RangeError(`line of more than ${this.#maxBytes} bytes`);
    }
    this.#parts.push(part);
  }
}
