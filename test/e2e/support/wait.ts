/** Waiting for a condition of another process, within a bound and with words for what did not happen. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Between two looks. */
const POLL_MS = 10;
/** Generous: two cores are shared by everything that the test run starts. */
const BOUND_MS = 20_000;

/**
 * Looks until `probe` gives something other than undefined and false. Rejects after the bound with what
 * was waited for and what `probe` said last when it threw.
 */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  { boundMs = BOUND_MS }: { readonly boundMs?: number } = {},
): Promise<T> {
  const giveUpAt = Date.now() + boundMs;
  let failure: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > giveUpAt)
      throw new Error(`waited ${boundMs} ms for ${what}`, { cause: failure });
    await sleep(POLL_MS);
  }
}
