/** The word that somebody probably meant. */

/** Least likeness, 0 to 1, of a word that is worth suggesting (engine reference §12). */
const LEAST_LIKENESS = 0.5;

/** The candidate most like `word`, if any is at least half like it. Case does not count. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestLikeness = LEAST_LIKENESS;
  for (const candidate of candidates) {
    const likeness = likenessOf(word.toLowerCase(), candidate.toLowerCase());
    if (likeness > bestLikeness || (likeness === bestLikeness && best === undefined)) {
      best = candidate;
      bestLikeness = likeness;
    }
  }
  return best;
}

/** 1 − edit distance ÷ length of the longer word. */
function likenessOf(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  if (longest === 0) return 1;
  // Words whose lengths alone differ too much need no table.
  if (Math.abs(a.length - b.length) / longest > 1 - LEAST_LIKENESS) return 0;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return 1 - (previous[b.length] ?? longest) / longest;
}
