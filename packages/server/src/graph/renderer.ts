/** Lays out graphs one after another in a worker thread that ends when it has nothing to do. */
import { FabroError } from '@fabro/protocol';
import type { Worker } from 'node:worker_threads';
import {
  GRAPH_IDLE_MS,
  GRAPH_TIMEOUT_MS,
  MAX_CACHED_GRAPH_LENGTH,
  MAX_CACHED_GRAPHS,
  MAX_WAITING_GRAPHS,
} from '../limits.js';
import { type LayoutAnswer, LayoutAnswer as LayoutAnswerSchema } from './protocol.js';
import { startLayoutWorker } from './start-worker.js';

export interface GraphRenderer {
  /**
   * The SVG of a graph in Graphviz's language. Rejects with `invalid_workflow` when Graphviz refuses it,
   * `unavailable` when it takes too long or too many wait, and with the signal's reason.
   */
  render(dot: string, signal: AbortSignal): Promise<string>;
  /** Ends the worker. */
  close(): Promise<void>;
}

export interface GraphRendererOptions {
  /** Default 20 s. */
  readonly timeoutMs?: number;
  /** Default 30 s. */
  readonly idleMs?: number;
  /** Starts the worker; default the real one. */
  readonly start?: () => Worker;
}

/** A renderer over one worker, which is started by the first graph. */
export function createGraphRenderer(options: GraphRendererOptions = {}): GraphRenderer {
  const timeoutMs = options.timeoutMs ?? GRAPH_TIMEOUT_MS;
  const idleMs = options.idleMs ?? GRAPH_IDLE_MS;
  const start = options.start ?? startLayoutWorker;
  const cache = new Map<string, string>();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let requests = 0;
  let closed = false;

  function begin(): Worker {
    const started = start();
    const forget = (): void => {
      if (worker === started) worker = undefined;
    };
    // Without a listener, a worker that fails between two graphs would end the server.
    return started.on('error', forget).on('exit', forget);
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const stopping = worker;
    worker = undefined;
    await stopping?.terminate();
  }

  async function layOut(dot: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (closed) throw new FabroError('unavailable', 'The server is shutting down.');
    clearTimeout(idle);
    worker ??= begin();
    try {
      const answer = await ask(worker, { id: ++requests, dot }, timeoutMs, signal);
      idle = setTimeout(() => void stop(), idleMs).unref();
      if ('svg' in answer) return answer.svg;
      throw new FabroError('invalid_workflow', `The graph cannot be laid out: ${answer.error}`);
    } catch (error) {
      // A worker that is busy with a graph nobody waits for would hold up the next one.
      if (!(error instanceof FabroError) || error.code !== 'invalid_workflow') await stop();
      throw error;
    }
  }

  return {
    async render(dot, signal) {
      const known = cache.get(dot);
      if (known !== undefined) return known;
      if (waiting >= MAX_WAITING_GRAPHS)
        throw new FabroError(
          'unavailable',
          `${waiting} graphs wait to be laid out, which is the most; try again in some seconds.`,
        );
      waiting++;
      const mine = last.then(() => layOut(dot, signal)).finally(() => waiting--);
      last = mine.catch(() => undefined); // the next graph does not care how this one ended
      const svg = await mine;
      remember(cache, dot, svg);
      return svg;
    },
    close() {
      closed = true;
      return stop();
    },
  };
}

function remember(cache: Map<string, string>, dot: string, svg: string): void {
  if (svg.length > MAX_CACHED_GRAPH_LENGTH) return;
  cache.set(dot, svg);
  const oldest = cache.keys().next();
  if (cache.size > MAX_CACHED_GRAPHS && oldest.done !== true) cache.delete(oldest.value);
}

function ask(
  worker: Worker,
  request: { readonly id: number; readonly dot: string },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<LayoutAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (message: unknown): void => {
      const answer = LayoutAnswerSchema.safeParse(message);
      if (!answer.success) settle(() => reject(answer.error));
      else if (answer.data.id === request.id) settle(() => resolve(answer.data));
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onExit = (code: number): void =>
      settle(() => reject(new Error(`the layout worker ended with code ${code}`)));
    const onAbort = (): void => settle(() => reject(signal.reason));
    const timer = setTimeout(
      () =>
        settle(() =>
          reject(
            new FabroError(
              'unavailable',
              `The layout of the graph took longer than ${timeoutMs} ms; read /graph/source instead.`,
            ),
          ),
        ),
      timeoutMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(request);
  });
}
