/** A server's side of the streaming measurement: the readers are another process, so that only serving is timed. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BUNDLE } from './child.js';

export interface FanOut {
  readonly port: number;
  readonly path: string;
  readonly readers: number;
  /** Least bytes that every reader gets. */
  readonly bytes: number;
}

/** Opens the readers, then milliseconds from the begin of `burst` until all of them have the last event. */
export async function timeFanOut(fanOut: FanOut, burst: () => Promise<void>): Promise<number> {
  const child = spawn(process.execPath, [`${BUNDLE}sse-readers.js`, JSON.stringify(fanOut)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const expectLine = async (word: string): Promise<void> => {
    const line = await lines.next();
    if (line.value !== word) throw new Error(`the readers ended before they said "${word}"`);
  };
  try {
    await expectLine('ready');
    const startedAt = performance.now();
    await burst();
    await expectLine('done');
    return performance.now() - startedAt;
  } finally {
    child.kill();
  }
}
