/** The machine's clock. */
import type { Clock } from '@fabro/protocol';

/** The longest time that a timer of the platform can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleepUntil(atMs, signal) {
    signal.throwIfAborted();
    for (let left = atMs - Date.now(); left > 0; left = atMs - Date.now())
      await sleep(Math.min(left, MAX_TIMER_MS), signal);
  },
};

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
