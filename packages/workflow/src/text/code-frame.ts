import { CODE_FRAME_WIDTH } from '../limits.js';
import type { Position } from './position.js';
import { visible } from './visible.js';

/**
 * The line at `place` with its number, and a caret below the column. Long lines are cut to a window around
 * the column. A place past the end points behind the last character.
 */
export function codeFrame(source: string, place: Pick<Position, 'line' | 'column'>): string {
  const line = lineOf(source, place.line);
  const column = Math.min(place.column - 1, line.length);
  const from = column < CODE_FRAME_WIDTH ? 0 : column - Math.floor(CODE_FRAME_WIDTH / 2);
  const to = from + CODE_FRAME_WIDTH;
  const head = from > 0 ? '…' : '';
  const shown = head + line.slice(from, to) + (to < line.length ? '…' : '');
  // A tab stays a tab, so that the caret stands below its character at any tab width.
  const indent = (head + line.slice(from, column)).replace(/[^\t]/g, ' ');
  const number = String(place.line);
  const gutter = ' '.repeat(number.length);
  return `${number} | ${visible(shown)}\n${gutter} | ${indent}^`;
}

/** The line of that number, from 1, without its end; empty past the last one. */
function lineOf(source: string, number: number): string {
  let start = 0;
  for (let line = 1; line < number; line++) {
    const newline = source.indexOf('\n', start);
    if (newline === -1) return '';
    start = newline + 1;
  }
  const end = source.indexOf('\n', start);
  return source.slice(start, end === -1 ? source.length : end).replace(/\r$/, '');
}
