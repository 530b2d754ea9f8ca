import type { PauseSignal } from '@fabro/protocol';

/** Resolves when the run is not paused. Rejects with the signal's reason; leaves no subscription behind. */
export function untilUnpaused(pause: PauseSignal, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!pause.paused) return Promise.resolve();
  return new Promise<void>((resolve, reject) => {
    const done = (): void => {
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
    };
    const onAbort = (): void => {
      done();
      reject(signal.reason);
    };
    const unsubscribe = pause.subscribe((paused) => {
      if (paused) return;
      done();
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
