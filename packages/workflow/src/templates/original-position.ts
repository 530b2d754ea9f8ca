/** From places in a text whose templates were filled in back to places in the text as written. */
import type { Position } from '../text/position.js';
import { MAX_COMPARED_LINES } from '../limits.js';
import { hasTemplate } from './engine.js';

/**
 * Gives, for a position in `rendered`, the one in `original` that made it: the same line where the line is
 * still the same, else the line of the template that it came from.
 */
export function originalPositions(
  original: string,
  rendered: string,
): (position: Position) => Position {
  const from = original.split('\n');
  const to = rendered.split('\n');
  const starts = lineStarts(from);
  const lines = alignedLines(from, to);
  return ({ line, column }) => {
    const index = lines[line - 1] ?? 0;
    const written = from[index] ?? '';
    const same = commonPrefix(written, to[line - 1] ?? '');
    const at = Math.min(column - 1, same, written.length);
    return { offset: (starts[index] ?? 0) + at, line: index + 1, column: at + 1 };
  };
}

/** For each line of `to`, the index of the line of `from` that it comes from. */
function alignedLines(from: readonly string[], to: readonly string[]): number[] {
  const anchors = anchorsOf(from, to);
  const lines: number[] = [];
  for (let index = 0; index < anchors.length - 1; index++) {
    const [fromStart, toStart] = anchors[index] ?? [0, 0];
    const [fromEnd, toEnd] = anchors[index + 1] ?? [0, 0];
    if (toStart >= 0) lines[toStart] = fromStart;
    const paired = fromEnd - fromStart === toEnd - toStart;
    for (let line = toStart + 1; line < toEnd; line++)
      lines[line] = paired
        ? fromStart + line - toStart
        : mostAlike(to[line] ?? '', from, fromStart + 1, fromEnd);
  }
  return lines;
}

/** Pairs of lines that are equal and unique in both texts, in the order of both, between two ends. */
function anchorsOf(from: readonly string[], to: readonly string[]): (readonly [number, number])[] {
  const places = uniqueLines(from);
  const unique = uniqueLines(to);
  const anchors: (readonly [number, number])[] = [[-1, -1]];
  let last = -1;
  for (const [text, line] of unique) {
    const place = places.get(text);
    if (line === undefined || place === undefined || place <= last) continue;
    anchors.push([place, line]);
    last = place;
  }
  anchors.push([from.length, to.length]);
  return anchors;
}

/** The index of each line in the order of first mention; undefined where a line stands twice. */
function uniqueLines(lines: readonly string[]): Map<string, number | undefined> {
  const found = new Map<string, number | undefined>();
  for (const [index, line] of lines.entries()) found.set(line, found.has(line) ? undefined : index);
  return found;
}

/** The line between two others that begins and ends most like the text; one with a template if none does. */
function mostAlike(text: string, lines: readonly string[], start: number, end: number): number {
  let best = Math.min(start, lines.length - 1);
  let most = -1;
  for (let line = start; line < Math.min(end, start + MAX_COMPARED_LINES); line++) {
    const alike = likeness(text.trim(), (lines[line] ?? '').trim());
    if (alike > most || (most === 0 && alike === 0 && !hasTemplate(lines[best] ?? ''))) {
      best = line;
      most = alike;
    }
  }
  return best;
}

function likeness(a: string, b: string): number {
  const prefix = commonPrefix(a, b);
  let suffix = 0;
  const room = Math.min(a.length, b.length) - prefix;
  while (suffix < room && a.at(-1 - suffix) === b.at(-1 - suffix)) suffix++;
  return prefix + suffix;
}

function lineStarts(lines: readonly string[]): number[] {
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  return starts;
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
