/** The machine's clock, as the server has it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@fabro/protocol';

export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  async sleepUntil(atMs, signal) {
    signal.throwIfAborted();
    const left = atMs - this.now();
    if (left > 0) await sleep(Math.ceil(left), undefined, { signal });
  },
};
