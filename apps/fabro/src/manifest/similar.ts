/** Names that a mistyped one may have meant (engine reference §12). Pure. */

const LEAST_SIMILARITY = 0.5;

/** The most similar of `known`, when it is similar enough: normalised edit distance of at most one half. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestScore = LEAST_SIMILARITY;
  for (const candidate of known) {
    const longest = Math.max(name.length, candidate.length, 1);
    const score = 1 - distance(name.toLowerCase(), candidate.toLowerCase()) / longest;
    if (score >= bestScore && (best === undefined || score > bestScore)) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row[j] = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    above = row;
  }
  return above[b.length] ?? 0;
}
