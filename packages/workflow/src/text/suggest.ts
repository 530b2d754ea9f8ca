import { MAX_SUGGESTION_LENGTH } from '../limits.js';

/**
 * The known names that differ from `name` by at most a third of its letters, the nearest first. Two letters
 * that changed places count as two, so words of four letters and more are allowed that much.
 */
export function nearMatches(name: string, known: readonly string[]): string[] {
  if (name.length > MAX_SUGGESTION_LENGTH) return [];
  const lower = name.toLowerCase();
  const allowed = Math.max(lower.length < 4 ? 1 : 2, Math.floor(lower.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = a[row - 1] === b[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + substitution,
        ),
      );
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
