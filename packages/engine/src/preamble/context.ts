/** The part of a run's context that a model is shown (engine reference §5.2). */
import type { JsonValue } from '@fabro/protocol';
import { PREAMBLE_VALUE_CHARS } from '../limits.js';
import { item } from './blocks.js';
import { shortened } from './bounds.js';

/** The engine's own keys, and those that the stages above show (`command.*`, `response.*`). */
const HIDDEN =
  /^(?:internal\.|current|graph\.|thread\.|response\.|command\.|(?:outcome|last_stage|last_response|preferred_label)$)/;

/** Key and text of every shown value, sorted by key. */
function shown(context: ReadonlyMap<string, JsonValue>): readonly (readonly [string, string])[] {
  return [...context]
    .filter(([key]) => !HIDDEN.test(key))
    .map(([key, value]): readonly [string, string] => [key, textOf(value)])
    .filter(([, text]) => text.trim() !== '')
    .map(([key, text]) => [key, shortened(text, PREAMBLE_VALUE_CHARS)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function textOf(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A section with a list; nothing when no value is shown. */
export function contextList(context: ReadonlyMap<string, JsonValue>): readonly string[] {
  const lines = shown(context).map(([key, text]) => item('', `${key}: ${text}`));
  return lines.length === 0 ? [] : ['', '## Context', ...lines];
}

/** A section with a table; nothing when no value is shown. */
export function contextTable(context: ReadonlyMap<string, JsonValue>): readonly string[] {
  const rows = shown(context).map(([key, text]) => `| ${cell(key)} | ${cell(text)} |`);
  return rows.length === 0
    ? []
    : ['', '## Current context', '| Key | Value |', '| --- | --- |', ...rows];
}

const cell = (text: string): string =>
  text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ');
