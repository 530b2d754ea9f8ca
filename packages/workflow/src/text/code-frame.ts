import { CODE_FRAME_WIDTH } from '../limits.js';
import type { Position } from './position.js';
import { visible } from './visible.js';

/**
 * The line at `position` with its number, and a caret below the column. Long lines are cut to a window
 * around the column. A position past the end points behind the last character.
 */
export function codeFrame(source: string, position: Position): string {
  const at = Math.min(position.offset, source.length);
  const lineStart = source.lastIndexOf('\n', at - 1) + 1;
  const newline = source.indexOf('\n', at);
  const line = source.slice(lineStart, newline === -1 ? source.length : newline).replace(/\r$/, '');
  const column = at - lineStart;
  const from = column < CODE_FRAME_WIDTH ? 0 : column - Math.floor(CODE_FRAME_WIDTH / 2);
  const to = from + CODE_FRAME_WIDTH;
  const head = from > 0 ? '…' : '';
  const shown = head + line.slice(from, to) + (to < line.length ? '…' : '');
  // A tab stays a tab, so that the caret stands below its character at any tab width.
  const indent = (head + line.slice(from, column)).replace(/[^\t]/g, ' ');
  const number = String(position.line);
  const gutter = ' '.repeat(number.length);
  return `${number} | ${visible(shown)}\n${gutter} | ${indent}^`;
}
