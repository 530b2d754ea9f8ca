/** Numbers as people write them: the inverses of `parseDuration` and `parseSize`. */

const DURATIONS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const SIZES = [
  ['TiB', 1024 ** 4],
  ['TB', 1e12],
  ['GiB', 1024 ** 3],
  ['GB', 1e9],
  ['MiB', 1024 ** 2],
  ['MB', 1e6],
  ['KiB', 1024],
  ['KB', 1e3],
  ['B', 1],
] as const;

/** Milliseconds as `"5m"`, in the largest unit that leaves no rest. */
export const durationText = (ms: number) => withUnit(ms, DURATIONS, 'ms');

/** Bytes as `"4GB"`, in the largest unit that leaves no rest. */
export const sizeText = (bytes: number) => withUnit(bytes, SIZES, 'B');

function withUnit(
  value: number,
  units: readonly (readonly [string, number])[],
  smallest: string,
): string {
  const [unit, worth] = units.find(([, each]) => value !== 0 && value % each === 0) ?? [
    smallest,
    1,
  ];
  return `${value / worth}${unit}`;
}
