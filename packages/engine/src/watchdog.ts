/** Wakes the loop when nothing has stirred for as long as the graph allows; what follows is decided there. */
import { stallTimeoutMs } from './decide/stall.js';
import type { Walk } from './walk.js';

export interface Watchdog {
  stop(): Promise<void>;
}

/** One timer for the whole walk: it is set again only when it has run out. @param ring wakes the loop. */
export function watchStall(walk: Walk, ring: () => void): Watchdog {
  const controller = new AbortController();
  const limitMs = stallTimeoutMs(walk.world);
  const watching =
    limitMs === undefined ? Promise.resolve() : watch(walk, limitMs, ring, controller.signal);
  return {
    stop: () => {
      controller.abort(new Error('the walk has ended'));
      return watching;
    },
  };
}

async function watch(
  walk: Walk,
  limitMs: number,
  ring: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { clock, recorder } = walk;
  try {
    for (;;) {
      const due = recorder.activeAtMs + limitMs;
      const now = clock.now();
      if (due <= now) ring();
      await clock.sleepUntil(due <= now ? now + limitMs : due, signal);
    }
  } catch {
    // The walk has ended: nobody watches any more.
  }
}
