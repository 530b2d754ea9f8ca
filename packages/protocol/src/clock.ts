/** Time as a parameter. Adapters live at the edges; tests give a fake. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Resolves when `now()` has reached `atMs`, at once if it has already.
   * Rejects with the signal's reason when it aborts first; leaves no timer behind.
   */
  sleepUntil(atMs: number, signal: AbortSignal): Promise<void>;
}

/** A time in milliseconds as RFC 3339 in UTC. */
export function isoTime(ms: number): string {
  const whole = Math.floor(ms);
  if (whole !== latest.ms) latest = { ms: whole, text: new Date(whole).toISOString() };
  return latest.text;
}

/** Events come in bursts of the same millisecond, and formatting is dear. */
let latest = { ms: 0, text: new Date(0).toISOString() };
