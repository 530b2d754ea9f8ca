/** One path segment of a glob pattern: literals, `?`, `*`, `[a-z]`, `[!a-z]`, and `\` before any of them. */

type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | {
      readonly kind: 'class';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

export type Segment = readonly Token[];

export function parseSegment(text: string): Segment {
  const chars = [...text];
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    if (char === '\\' && at + 1 < chars.length) {
      at += 1;
      tokens.push({ kind: 'char', char: chars[at] ?? '' });
    } else if (char === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (char === '?') tokens.push({ kind: 'any' });
    else {
      const found = char === '[' ? parseClass(chars, at) : undefined;
      tokens.push(found?.token ?? { kind: 'char', char });
      at = found?.end ?? at;
    }
  }
  return tokens;
}

/** Takes at most pattern length times name length steps: only the last star is ever tried again. */
export function segmentMatches(segment: Segment, name: string): boolean {
  const chars = [...name];
  let token = 0;
  let at = 0;
  let star: { readonly token: number; at: number } | undefined;
  while (at < chars.length) {
    const current = segment[token];
    if (current?.kind === 'star') {
      star = { token, at };
      token += 1;
    } else if (current !== undefined && tokenMatches(current, chars[at] ?? '')) {
      token += 1;
      at += 1;
    } else if (star !== undefined) {
      star.at += 1;
      at = star.at;
      token = star.token + 1;
    } else return false;
  }
  while (segment[token]?.kind === 'star') token += 1;
  return token === segment.length;
}

function tokenMatches(token: Exclude<Token, { readonly kind: 'star' }>, char: string): boolean {
  switch (token.kind) {
    case 'char':
      return token.char === char;
    case 'any':
      return true;
    case 'class':
      return token.ranges.some(([from, to]) => inRange(char, from, to)) !== token.negated;
    default:
      return token satisfies never;
  }
}

function inRange(char: string, from: string, to: string): boolean {
  const point = char.codePointAt(0) ?? 0;
  return point >= (from.codePointAt(0) ?? 0) && point <= (to.codePointAt(0) ?? 0);
}

/** A class that is not closed is no class: its bracket stands for itself. */
function parseClass(
  chars: readonly string[],
  start: number,
): { readonly token: Token; readonly end: number } | undefined {
  let at = start + 1;
  const negated = chars[at] === '!' || chars[at] === '^';
  if (negated) at += 1;
  const first = at;
  const ranges: [string, string][] = [];
  for (; at < chars.length; at += 1) {
    if (chars[at] === ']' && at > first) {
      return { token: { kind: 'class', negated, ranges }, end: at };
    }
    if (chars[at] === '\\' && at + 1 < chars.length) at += 1;
    const from = chars[at] ?? '';
    const to = chars[at + 2];
    if (chars[at + 1] === '-' && to !== undefined && to !== ']') {
      ranges.push([from, to]);
      at += 2;
    } else ranges.push([from, from]);
  }
  return undefined;
}
