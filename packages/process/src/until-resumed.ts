import { setMaxListeners } from 'node:events';
import type { PauseSignal } from '@fabro/protocol';

/** Resolves when nothing is paused, or when one of the signals aborts; the caller looks which. */
export async function untilResumed(
  pause: PauseSignal | undefined,
  signals: readonly AbortSignal[],
): Promise<void> {
  if (pause === undefined || !pause.paused || signals.some((signal) => signal.aborted)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      unsubscribe();
      for (const signal of signals) signal.removeEventListener('abort', done);
      resolve();
    };
    const unsubscribe = pause.subscribe((paused) => {
      if (!paused) done();
    });
    // Any number of runs may wait on one signal.
    setMaxListeners(0, ...signals);
    for (const signal of signals) signal.addEventListener('abort', done);
  });
}
