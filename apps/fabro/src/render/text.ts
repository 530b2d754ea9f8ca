/**
 * Text that comes from outside, made fit for a terminal: no control sequences, one line, a known width.
 * Labels, scripts and tool arguments are written by models; a stray escape could rewrite the screen.
 */

// Control sequences (CSI, OSC and two-character escapes) go as a whole, so that no tail of them shows.
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- these are the characters to remove
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b./g;
// oxlint-disable-next-line no-control-regex -- these are the characters to remove
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Removes control sequences and control characters; line feeds and tabs stay. */
export function safeText(text: string): string {
  return text.replace(SEQUENCES, '').replace(/\r\n/g, '\n').replace(CONTROLS, '');
}

/** The text as one line: blanks and line ends become single blanks. */
export function oneLine(text: string): string {
  return safeText(text).replace(/\s+/g, ' ').trim();
}

const segmenter = new Intl.Segmenter();
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const STYLE =
  // oxlint-disable-next-line no-control-regex -- colours are control sequences
  /\x1b\[[0-9;]*m/g;

/** Columns that a line takes in a terminal; colour sequences take none. */
export function displayWidth(line: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(line.replace(STYLE, ''))) width += columnsOf(segment);
  return width;
}

function columnsOf(grapheme: string): number {
  if (grapheme.length === 1 && grapheme < '\u0300') return 1;
  if (ZERO.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** Cuts a line without colours to at most `columns`, with `…` when something is cut. */
export function truncate(line: string, columns: number): string {
  if (columns <= 0) return '';
  if (displayWidth(line) <= columns) return line;
  let width = 0;
  let kept = '';
  for (const { segment } of segmenter.segment(line)) {
    const next = columnsOf(segment);
    if (width + next > columns - 1) break;
    width += next;
    kept += segment;
  }
  return `${kept}…`;
}

/** The end of a line without colours, at most `columns` wide, with `…` in front when something is cut. */
export function truncateStart(line: string, columns: number): string {
  if (columns <= 0) return '';
  if (displayWidth(line) <= columns) return line;
  const graphemes = [...segmenter.segment(line)].map((part) => part.segment);
  let width = 0;
  let from = graphemes.length;
  while (from > 0) {
    const next = columnsOf(graphemes[from - 1] ?? '');
    if (width + next > columns - 1) break;
    width += next;
    from--;
  }
  return `…${graphemes.slice(from).join('')}`;
}
