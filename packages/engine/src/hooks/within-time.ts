/** A limit on the time of an act, by a clock that is a parameter. */
import type { Clock } from '@fabro/protocol';

class TimePassed extends Error {
  override readonly name = 'TimePassed';
}

/**
 * Acts under a signal that also aborts when the time has passed; the act must then reject. Leaves no timer.
 * Rejects with the outer signal's reason, or with what the act throws in time.
 */
export async function withinTime<T>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T | 'timed_out'> {
  signal.throwIfAborted();
  const deadline = new AbortController();
  const over = new AbortController();
  const watch = clock.sleepUntil(clock.now() + timeoutMs, over.signal).then(
    () => deadline.abort(new TimePassed(`${timeoutMs} ms have passed`)),
    () => undefined, // The act ended first.
  );
  try {
    return await act(AbortSignal.any([signal, deadline.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.signal.aborted) return 'timed_out';
    throw error;
  } finally {
    over.abort();
    await watch;
  }
}
