/** Starts the layout worker: from its source in development, from beside the bundle when it is shipped. */
import { Worker } from 'node:worker_threads';

/** A started worker that does not keep the process alive. */
export function startLayoutWorker(): Worker {
  const entry = import.meta.url.endsWith('.ts') ? './worker-from-source.mjs' : './graph-worker.js';
  const worker = new Worker(new URL(entry, import.meta.url));
  worker.unref();
  return worker;
}
