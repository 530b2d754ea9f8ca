/** The machine's clock, immune to changes of the wall clock while the process lives. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@fabro/protocol';

/** Node's timers fire at once past this many milliseconds (2^31 - 1). */
const LONGEST_TIMER_MS = 2_147_483_647;

export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  async sleepUntil(atMs, signal) {
    signal.throwIfAborted();
    for (let left = atMs - this.now(); left > 0; left = atMs - this.now()) {
      try {
        await sleep(Math.min(Math.ceil(left), LONGEST_TIMER_MS), undefined, { signal });
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    }
  },
};
