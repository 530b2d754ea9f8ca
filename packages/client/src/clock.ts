/** The platform's time. */
import type { Clock } from '@fabro/protocol';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleepUntil(atMs, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.max(0, atMs - Date.now()),
      );
      signal.addEventListener('abort', onAbort, { once: true });
    });
  },
};
