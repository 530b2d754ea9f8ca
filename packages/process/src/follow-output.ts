/** Follows one growing output file: its size, and its text while somebody listens. */
import { statSync } from 'node:fs';
import { type FileHandle, open, truncate } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { OUTPUT_READ_BYTES } from './limits.js';
import { errorCode } from './spawner/signals.js';

export class OutputFollower {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #onText: ((text: string) => void) | undefined;
  readonly #decoder = new StringDecoder('utf8');
  #file: FileHandle | undefined;
  #position = 0;
  #size = 0;
  #reading: Promise<void> | undefined;

  constructor(path: string, maxBytes: number, onText: ((text: string) => void) | undefined) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#onText = onText;
  }

  /** Looks at the file's size now; a file that vanished keeps the last one. */
  size(): number {
    // One call into the kernel without a thread: far cheaper than the asynchronous form.
    this.#size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? this.#size;
    return this.#size;
  }

  /** Hands on what is there, unless that is being done already. Rejects when the listener throws. */
  async poll(): Promise<void> {
    if (this.#onText === undefined || this.#size <= this.#position) return;
    this.#reading ??= this.#read(this.#onText).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  /**
   * After the writer has ended: hands on the rest, cuts the file to the limit and lets go of it.
   * Resolves to the bytes that remain.
   */
  async finish(): Promise<number> {
    try {
      await this.#reading;
      const size = this.size();
      await this.poll();
      const rest = this.#decoder.end();
      if (rest !== '') this.#onText?.(rest);
      if (size > this.#maxBytes) await unlessMissing(truncate(this.#path, this.#maxBytes));
      return Math.min(size, this.#maxBytes);
    } finally {
      await this.close();
    }
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #read(onText: (text: string) => void): Promise<void> {
    this.#file ??= await unlessMissing(open(this.#path, 'r'));
    if (this.#file === undefined) return;
    const buffer = Buffer.allocUnsafe(OUTPUT_READ_BYTES);
    for (;;) {
      const wanted = Math.min(buffer.length, Math.min(this.#size, this.#maxBytes) - this.#position);
      if (wanted <= 0) return;
      const { bytesRead } = await this.#file.read(buffer, 0, wanted, this.#position);
      // The program cut its own file: there is nothing to hand on.
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      const text = this.#decoder.write(buffer.subarray(0, bytesRead));
      if (text !== '') onText(text);
    }
  }
}

/** A program may remove its own output file; then there is nothing left to do with it. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
