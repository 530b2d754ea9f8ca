/** A line of a text with a caret below the place that is meant. */
import { FRAME_CHARACTERS } from '../limits.js';
import type { Place } from './places.js';

/** The line with its number and a caret below the column; a long line is cut around the column. */
export function codeFrame(text: string, { line, column }: Place): string {
  const whole = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '');
  const at = Math.min(column - 1, whole.length);
  const from = at < FRAME_CHARACTERS ? 0 : at - Math.floor(FRAME_CHARACTERS / 2);
  const to = from + FRAME_CHARACTERS;
  const head = from > 0 ? '…' : '';
  // A tab stays a tab, so that the caret stands below its character at any width.
  const indent = (head + whole.slice(from, at)).replace(/[^\t]/g, ' ');
  const gutter = ' '.repeat(String(line).length);
  return [
    `${line} | ${head}${whole.slice(from, to)}${to < whole.length ? '…' : ''}`,
    `${gutter} | ${indent}^`,
  ].join('\n');
}
