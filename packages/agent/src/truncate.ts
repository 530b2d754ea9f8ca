/** Cuts a tool's result to what a model should see: first by characters, then by lines (§10). Pure. */

export interface TextLimit {
  /** Most UTF-16 units that are kept, the marker not counted. */
  readonly chars: number;
  /** Which characters are kept; lines always keep half at the head and half at the tail. */
  readonly keep: 'head_and_tail' | 'tail';
  /** Most lines that are kept. Default: no limit. */
  readonly lines?: number;
}

export interface Truncated {
  readonly text: string;
  /** True when something was removed. */
  readonly truncated: boolean;
}

export function truncate(text: string, limit: TextLimit): Truncated {
  const byChars = text.length > limit.chars ? cutChars(text, limit) : text;
  const byLines = limit.lines === undefined ? byChars : cutLines(byChars, limit.lines);
  return { text: byLines, truncated: byLines !== text };
}

function cutChars(text: string, limit: TextLimit): string {
  const headLength = limit.keep === 'tail' ? 0 : Math.floor(limit.chars / 2);
  const headEnd = beforePair(text, headLength);
  const tailStart = afterPair(text, text.length - (limit.chars - headLength));
  const removed = tailStart - headEnd;
  if (limit.keep === 'tail')
    return `[${removed} characters removed from the start]\n${text.slice(tailStart)}`;
  return `${text.slice(0, headEnd)}\n[${removed} characters removed here]\n${text.slice(tailStart)}`;
}

function cutLines(text: string, most: number): string {
  const lines = text.split('\n');
  if (lines.length <= most) return text;
  const head = Math.floor(most / 2);
  const tail = most - head;
  const removed = lines.length - most;
  return [
    ...lines.slice(0, head),
    `[${removed} ${removed === 1 ? 'line' : 'lines'} removed here]`,
    ...lines.slice(-tail),
  ].join('\n');
}

/** Moves a cut to the left when it would split a surrogate pair. */
function beforePair(text: string, index: number): number {
  return splitsPair(text, index) ? index - 1 : index;
}

/** Moves a cut to the right when it would split a surrogate pair. */
function afterPair(text: string, index: number): number {
  return splitsPair(text, index) ? index + 1 : index;
}

function splitsPair(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false;
  const left = text.charCodeAt(index - 1);
  const right = text.charCodeAt(index);
  return left >= 0xd800 && left <= 0xdbff && right >= 0xdc00 && right <= 0xdfff;
}
