import { MAX_SUGGESTION_LENGTH } from '../limits.js';

/**
 * The known names that differ from `name` by few letters, the nearest first. Case does not count; two
 * neighbours that changed places count as one.
 * @param allowed most differences; default a third of the letters, and two for words of four letters or more.
 */
export function nearMatches(
  name: string,
  known: readonly string[],
  allowed = Math.max(name.length < 4 ? 1 : 2, Math.floor(name.length / 3)),
): string[] {
  if (name.length > MAX_SUGGESTION_LENGTH) return [];
  const lower = name.toLowerCase();
  return known
    .filter(({ length }) => Math.abs(length - name.length) <= allowed)
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .map(({ candidate }) => candidate);
}

/** Insertions, deletions, replacements and swaps of neighbours, row by row. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + substitution,
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    beforeLast = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
