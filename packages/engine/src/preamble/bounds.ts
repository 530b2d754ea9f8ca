/** Cuts what goes into a preamble, and says what is missing. */
import { MAX_PREAMBLE_CHARS, PREAMBLE_LINE_CHARS } from '../limits.js';

/** The first characters of a text; what follows is counted. */
export function shortened(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const end = wholePair(text, chars);
  return `${text.slice(0, end)}… (${text.length - end} characters omitted)`;
}

/** The last lines of a text, under a line that counts those before; long lines lose their ends. */
export function lastLines(text: string, most: number): readonly string[] {
  const all = text.trimEnd().split('\n');
  const omitted = all.length - most;
  const shown = all.slice(-most).map((line) => shortened(line, PREAMBLE_LINE_CHARS));
  return omitted > 0 ? [`(${omitted} lines omitted)`, ...shown] : shown;
}

/** The beginning and the end of a preamble that is too long, with a line between them that says so. */
export function bounded(text: string): string {
  if (text.length <= MAX_PREAMBLE_CHARS) return text;
  const room = MAX_PREAMBLE_CHARS - 100;
  const head = text.slice(0, wholePair(text, Math.floor(room / 2)));
  const from = text.length - Math.ceil(room / 2);
  const tail = text.slice(wholePair(text, from));
  const omitted = text.length - head.length - tail.length;
  return `${head}\n(${omitted} characters of this preamble omitted)\n${tail}`;
}

/** The index, moved off the middle of a surrogate pair. */
function wholePair(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index - 1 : index;
}
