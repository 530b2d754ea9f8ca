import { FabroError } from '@fabro/protocol';
import { MAX_PATTERN_ALTERNATIVES } from '../limits.js';

/**
 * `a{b,c{d,e}}` as `ab`, `acd`, `ace`. Braces without a comma or without an end stand for themselves.
 * Throws `invalid_argument` past 256 alternatives.
 */
export function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const parts = firstBraces(next);
    if (parts === undefined) done.push(next);
    // The last alternative is taken up first, so they are pushed in reverse.
    else open.push(...parts.toReversed());
    if (done.length + open.length > MAX_PATTERN_ALTERNATIVES) {
      throw new FabroError(
        'invalid_argument',
        `glob pattern ${JSON.stringify(pattern)}: its braces stand for more than ${MAX_PATTERN_ALTERNATIVES} alternatives. Use fewer braces or several searches.`,
      );
    }
  }
  return done;
}

/** The pattern once per alternative of its first braces that have any. */
function firstBraces(pattern: string): readonly string[] | undefined {
  for (let start = nextBrace(pattern, 0); start !== -1; start = nextBrace(pattern, start + 1)) {
    const commas = alternativesAt(pattern, start);
    if (commas === undefined || commas.ends.length < 2) continue;
    let from = start + 1;
    return commas.ends.map((end) => {
      const text =
        pattern.slice(0, start) + pattern.slice(from, end) + pattern.slice(commas.close + 1);
      from = end + 1;
      return text;
    });
  }
  return undefined;
}

function nextBrace(pattern: string, from: number): number {
  for (let at = from; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === '{') return at;
  }
  return -1;
}

/** Where the alternatives of the braces at `start` end, and where the braces close. */
function alternativesAt(
  pattern: string,
  start: number,
): { readonly ends: readonly number[]; readonly close: number } | undefined {
  const ends: number[] = [];
  let depth = 0;
  for (let at = start; at < pattern.length; at += 1) {
    const char = pattern[at];
    if (char === '\\') at += 1;
    else if (char === '{') depth += 1;
    else if (char === ',' && depth === 1) ends.push(at);
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return { ends: [...ends, at], close: at };
    }
  }
  return undefined;
}
