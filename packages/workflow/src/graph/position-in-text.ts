import { isEscape } from '../dot/escapes.js';
import type { Position } from '../text/position.js';
import type { Attribute } from './attributes.js';

type Place = Pick<Position, 'line' | 'column'>;

/**
 * Where the character at `offset` of a text attribute stands in the file. For a text that does not stand
 * there as it is (rendered by a template, read from a file, not quoted): where the attribute begins.
 */
export function positionInText({ position, written }: Attribute, offset: number): Position {
  if (written === undefined) return position;
  const { raw, quote } = written;
  const length = lengthAsWritten(raw, offset);
  const at = (key: Place): Place => behind(raw.slice(0, length), textStart(key, quote));
  const { origin } = position;
  if (origin !== undefined) return { ...position, origin: { ...origin, ...at(origin) } };
  return { ...position, ...at(position), offset: position.offset + quote.offset + 1 + length };
}

/** Where the text begins, behind its quote. */
function textStart(key: Place, quote: { readonly lines: number; readonly column: number }): Place {
  return {
    line: key.line + quote.lines,
    column: (quote.lines === 0 ? key.column : 0) + quote.column + 1,
  };
}

/** How much of the raw text stands for the first `count` characters of the value. */
function lengthAsWritten(raw: string, count: number): number {
  let at = 0;
  for (let seen = 0; seen < count && at < raw.length; seen++) at += isEscape(raw, at) ? 2 : 1;
  return at;
}

/** The place behind a text that begins at `start`. */
function behind(text: string, start: Place): Place {
  const lines = text.split('\n');
  const last = lines.at(-1) ?? '';
  return lines.length === 1
    ? { line: start.line, column: start.column + last.length }
    : { line: start.line + lines.length - 1, column: last.length + 1 };
}
