/** The main thread's handle on the writer thread: requests with answers, and where its code lies. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FabroError, messageOf } from '@fabro/protocol';
import { storageError } from './errors.js';
import type { Answers, Command, Reply, Request, WriterSetup } from './messages.js';

interface Waiting {
  resolve(value: Answers[keyof Answers]): void;
  reject(error: Error): void;
}

/** From source the thread loads TypeScript itself; in the bundle it is a file beside this one. */
function startWorker(setup: WriterSetup): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./journal-writer.js', import.meta.url), { workerData: setup });
  const api = pathToFileURL(
    createRequire(import.meta.url)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs'),
  ).href;
  const entry = new URL('./writer-thread.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(api)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); })`;
  return new Worker(code, { eval: true, workerData: setup });
}

export class WriterThread {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #failure: Error | undefined;

  private constructor(worker: Worker, path: string) {
    this.#worker = worker;
    this.#path = path;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () =>
      this.#fail(new FabroError('unavailable', `${path}: the journal is closed`)),
    );
  }

  /** Starts the thread and waits until the file is open. */
  static async start(setup: WriterSetup): Promise<WriterThread> {
    const thread = new WriterThread(startWorker(setup), setup.path);
    await new Promise<void>((resolve, reject) => {
      thread.#waiting.set(0, { resolve: () => resolve(), reject });
    });
    return thread;
  }

  request<K extends Command['kind']>(command: Extract<Command, { kind: K }>): Promise<Answers[K]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#next++;
    return new Promise<Answers[K]>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (value) => resolve(value as Answers[K]), reject });
      this.#worker.postMessage({ id, command } satisfies Request);
    });
  }

  /** Closes the file and ends the thread. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    const ended = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve());
    });
    await this.request({ kind: 'close' });
    await ended;
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (waiting === undefined) return;
    if (reply.ok) waiting.resolve(reply.value);
    else waiting.reject(storageError(new Error(reply.error), this.#path));
  }

  #fail(error: unknown): void {
    this.#failure ??= storageError(
      error instanceof Error ? error : new Error(messageOf(error)),
      this.#path,
    );
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
    this.#waiting.clear();
  }
}
