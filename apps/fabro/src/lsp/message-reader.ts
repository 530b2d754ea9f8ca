/**
 * Messages of the protocol from a stream of bytes. Each is handed on while its bytes are being read, so that
 * the end of the stream is never seen before the messages in front of it, and none may be longer than the limit.
 */
import type { Readable } from 'node:stream';
import { FabroError } from '@fabro/protocol';
import {
  AbstractMessageReader,
  type DataCallback,
  type Disposable,
  type MessageReader,
} from 'vscode-languageserver-protocol/node';
import { z } from 'zod';
import { LSP_HEADER_BYTES, LSP_MESSAGE_BYTES } from '../limits.js';

const END_OF_HEADERS = '\r\n\r\n';
const LENGTH = /^content-length:\s*(\d+)\s*$/im;

/** What every message has; the library tells requests, answers and notifications apart. */
const AnyMessage = z.looseObject({ jsonrpc: z.string(), method: z.string().optional() });

export interface ReaderListener {
  /** The method of each request and notification, before it is handled. */
  onMethod(method: string): void;
  /** After the last byte, or when no message can be found any more; called once. */
  onEnd(problem: FabroError | undefined): void;
}

/** Reads from `input` until it ends. */
export class BoundedMessageReader extends AbstractMessageReader implements MessageReader {
  readonly #input: Readable;
  readonly #listener: ReaderListener;
  #buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #received = 0;
  /** Bytes that are needed before it is worth looking again. */
  #wanted = 0;
  #ended = false;

  constructor(input: Readable, listener: ReaderListener) {
    super();
    this.#input = input;
    this.#listener = listener;
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer): void => this.#take(chunk, callback);
    const onEnd = (): void => this.#end(undefined);
    const onError = (error: Error): void => {
      this.fireError(error);
      this.#end(undefined);
    };
    this.#input.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError);
    return {
      dispose: () => {
        this.#input.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError);
      },
    };
  }

  #take(chunk: Buffer, callback: DataCallback): void {
    if (this.#ended) return;
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#received < this.#wanted) return;
    this.#buffer = Buffer.concat([this.#buffer, ...this.#chunks]);
    this.#chunks = [];
    try {
      for (let body = this.#next(); body !== undefined; body = this.#next())
        this.#deliver(body, callback);
    } catch (error) {
      if (!(error instanceof FabroError)) throw error;
      this.#end(error);
    }
    this.#received = this.#buffer.length;
  }

  /** The bytes of the next whole message; undefined while there is none. Throws when there can be none. */
  #next(): Buffer | undefined {
    const end = this.#buffer.indexOf(END_OF_HEADERS);
    if (end === -1) {
      if (this.#buffer.length > LSP_HEADER_BYTES)
        refuse(`no end of headers in ${this.#buffer.length} bytes`);
      this.#wanted = 0;
      return undefined;
    }
    const headers = this.#buffer.toString('latin1', 0, end);
    const written = LENGTH.exec(headers)?.[1];
    if (written === undefined)
      return refuse(`no Content-Length in ${JSON.stringify(headers.slice(0, 100))}`);
    const length = Number(written);
    if (length > LSP_MESSAGE_BYTES) refuse(`a message of ${written} bytes`);
    const start = end + END_OF_HEADERS.length;
    this.#wanted = start + length;
    if (this.#buffer.length < this.#wanted) return undefined;
    const body = this.#buffer.subarray(start, start + length);
    this.#buffer = this.#buffer.subarray(start + length);
    this.#wanted = 0;
    return body;
  }

  #deliver(body: Buffer, callback: DataCallback): void {
    const message = AnyMessage.safeParse(jsonOf(body));
    if (!message.success) {
      this.fireError(new Error('a message that is no JSON-RPC object was skipped'));
      return;
    }
    if (message.data.method !== undefined) this.#listener.onMethod(message.data.method);
    callback(message.data);
  }

  #end(problem: FabroError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#listener.onEnd(problem);
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // What is no JSON is no message either; the caller says so.
    return undefined;
  }
}

function refuse(found: string): never {
  throw new FabroError(
    'invalid_argument',
    `Standard input holds ${found}; expected messages of the Language Server Protocol, each with a Content-Length of at most ${LSP_MESSAGE_BYTES} bytes. This command is started by an editor.`,
  );
}
