/**
 * Glob patterns over paths: `*` and `?` within a segment, `**` over any number of segments, `{a,b}`,
 * `[a-z]`, `\` to take a character as it is. Names that begin with a dot match like any other.
 */
import { FabroError } from '@fabro/protocol';
import { MAX_PATTERN_CHARS } from '../limits.js';
import { expandBraces } from './expand-braces.js';
import { type Segment, parseSegment, segmentMatches } from './segment.js';

type Part = Segment | '**';

/** How far a path got: per alternative the parts that its next segment may meet. */
export type GlobState = readonly (readonly number[])[];

export class GlobPattern {
  readonly #alternatives: readonly (readonly Part[])[];
  /** Before the first segment. */
  readonly start: GlobState;

  /** Throws `invalid_argument` for an empty, over-long, absolute or upward (`..`) pattern. */
  constructor(pattern: string) {
    if (pattern === '' || pattern.length > MAX_PATTERN_CHARS) {
      throw new FabroError(
        'invalid_argument',
        `glob pattern of ${pattern.length} characters: expected 1 to ${MAX_PATTERN_CHARS}.`,
      );
    }
    this.#alternatives = expandBraces(pattern).map((text) => parseParts(text, pattern));
    this.start = this.#alternatives.map((parts) => closure(parts, [0]));
  }

  /** The state after one more segment. */
  step(state: GlobState, name: string): GlobState {
    return this.#alternatives.map((parts, index) => {
      const next = (state[index] ?? []).flatMap((at) => {
        const part = parts[at];
        if (part === undefined) return [];
        if (part === '**') return [at];
        return segmentMatches(part, name) ? [at + 1] : [];
      });
      return closure(parts, next);
    });
  }

  /** Whether the segments so far are a match. */
  accepts(state: GlobState): boolean {
    return this.#alternatives.some((parts, index) => state[index]?.includes(parts.length) ?? false);
  }

  /** Whether anything below the segments so far could match; a walk skips the folder otherwise. */
  leadsOn(state: GlobState): boolean {
    return this.#alternatives.some(
      (parts, index) => state[index]?.some((at) => at < parts.length) ?? false,
    );
  }

  /** Whether a relative path with `/` between its segments matches. */
  matches(path: string): boolean {
    const end = path
      .split('/')
      .reduce<GlobState>((state, name) => this.step(state, name), this.start);
    return this.accepts(end);
  }
}

function parseParts(text: string, pattern: string): readonly Part[] {
  if (text.startsWith('/')) {
    throw new FabroError(
      'invalid_argument',
      `glob pattern ${JSON.stringify(pattern)}: it is matched against relative paths. Pass the folder as the path and a pattern without it.`,
    );
  }
  const names = text.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) {
    throw new FabroError(
      'invalid_argument',
      `glob pattern ${JSON.stringify(pattern)}: ".." cannot match. Pass the folder above as the path.`,
    );
  }
  // `a/**` means what is in `a`, not `a` itself.
  if (names.at(-1) === '**') names.push('*');
  return names.map((name) => (name === '**' ? '**' : parseSegment(name)));
}

/** `**` also stands for no segment at all. */
function closure(parts: readonly Part[], positions: readonly number[]): readonly number[] {
  const all = new Set(positions);
  for (const at of all) if (parts[at] === '**') all.add(at + 1);
  return [...all];
}
