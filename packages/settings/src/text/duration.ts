/** Durations as people write them: one number and one unit. */

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d+)\s*(ms|s|m|h|d)$/;

/** The units that `parseDuration` knows, for messages. */
export const DURATION_UNITS = Object.keys(UNIT_MS).join(', ');

/** `"5m"` → 300000 (milliseconds); undefined when the text is no whole number with one of ms, s, m, h, d. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  if (match === null) return undefined;
  const unit = UNIT_MS[match[2] as keyof typeof UNIT_MS];
  const ms = Number(match[1]) * unit;
  return Number.isSafeInteger(ms) ? ms : undefined;
}
