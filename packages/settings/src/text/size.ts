/** Sizes as people write them: decimal units by thousands, binary ones (`KiB`) by 1024, a bare number in GB. */

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};
const SIZE = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i;

/** The units that `parseSize` knows, for messages. */
export const SIZE_UNITS = 'B, KB, MB, GB, TB, KiB, MiB, GiB, TiB';

/** `"512MB"`, `"1.5GiB"`, `"4"` or `4` (GB) → bytes, rounded to whole ones; undefined for anything else. */
export function parseSize(value: string | number): number | undefined {
  const match = SIZE.exec(String(value).trim());
  if (match === null) return undefined;
  const unit = UNIT_BYTES[(match[2] === '' ? 'gb' : (match[2] ?? '')).toLowerCase()];
  if (unit === undefined) return undefined;
  const bytes = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
