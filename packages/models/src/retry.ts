/** When a failed model call is tried again (engine reference §9.3). Pure: the caller waits and counts. */
import { RETRY_BASE_MS, RETRY_MAX_MS } from './limits.js';
import type { ModelError } from './port.js';

/**
 * Milliseconds to wait before the next try, or undefined when there should be none. A provider's
 * Retry-After is obeyed as it is; more than a minute means that waiting is pointless. Otherwise one second,
 * doubling, up to a minute, times a random factor from 0.5 to 1.5 so that many sessions do not come back
 * at once.
 * @param attempt the try that failed, from 1. How many are allowed is the caller's limit.
 * @param random gives [0, 1).
 */
export function retryDelay(
  attempt: number,
  error: Pick<ModelError, 'retryable' | 'retryAfterMs'>,
  random: () => number,
): number | undefined {
  if (!error.retryable) return undefined;
  if (error.retryAfterMs !== undefined)
    return error.retryAfterMs <= RETRY_MAX_MS ? error.retryAfterMs : undefined;
  const backoff = RETRY_BASE_MS * 2 ** (attempt - 1);
  return Math.min(RETRY_MAX_MS, Math.round(backoff * (0.5 + random())));
}
