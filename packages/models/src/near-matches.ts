/** Suggestions for a mistyped name. Pure. */

/** The number of single-character edits (insert, delete, replace) between two texts. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/**
 * Candidates that `name` was probably meant to be, best first: within a third of its length in edits (two
 * at least), or starting with it. Case does not count.
 * @param limit most candidates to give; default 3.
 */
export function nearMatches(name: string, candidates: Iterable<string>, limit = 3): string[] {
  // Names are short; a long text is no typing mistake, and the table of edits would grow with its square.
  const wanted = name.toLowerCase().slice(0, 100);
  if (wanted === '') return [];
  const allowed = Math.max(2, Math.floor(wanted.length / 3));
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: rank(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

function rank(wanted: string, candidate: string): number {
  const edits = editDistance(wanted, candidate);
  return wanted.length >= 3 && candidate.startsWith(wanted) ? Math.min(1, edits) : edits;
}
