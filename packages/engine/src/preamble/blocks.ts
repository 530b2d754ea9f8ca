/** The pieces of Markdown that preambles are made of. */
import { PREAMBLE_VALUE_CHARS } from '../limits.js';
import { lastLines, shortened } from './bounds.js';

/** One item of a list; further lines of its text are indented, so that the list goes on. */
export function item(indent: string, text: string): string {
  const [first = '', ...more] = text.split('\n');
  return [`${indent}- ${first}`, ...more.map((line) => indented(`${indent}  `, line))].join('\n');
}

function indented(indent: string, line: string): string {
  return line === '' ? '' : `${indent}${line}`;
}

/** A command's script as one item. */
export function scriptItem(indent: string, script: string): string {
  return item(indent, `Script: \`${shortened(script, PREAMBLE_VALUE_CHARS)}\``);
}

/** The last lines of an output as an item with a fenced block. */
export function outputItem(
  indent: string,
  name: string,
  text: string,
  most: number,
): readonly string[] {
  if (text.trim() === '') return [item(indent, `${name}: (empty)`)];
  const lines = lastLines(text, most);
  const fence = fenceFor(lines);
  return [
    item(indent, `${name}:`),
    ...[fence, ...lines, fence].map((line) => indented(`${indent}  `, line)),
  ];
}

/** Longer than every row of backticks inside. */
function fenceFor(lines: readonly string[]): string {
  const longest = lines
    .flatMap((line) => line.match(/`+/g) ?? [])
    .reduce((most, { length }) => Math.max(most, length), 2);
  return '`'.repeat(longest + 1);
}

/** A number of tokens as people say it: 900, 1.2k, 1.2m. */
export function tokens(count: number): string {
  if (count < 1_000) return String(count);
  // What would round to 1000.0k is a million.
  return count < 999_950 ? `${(count / 1_000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}m`;
}
