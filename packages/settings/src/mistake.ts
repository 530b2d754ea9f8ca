/** What the schema found in a file → sentences that name the value, what was allowed and the remedy. */
import { z } from 'zod';
import { movedTo } from './rename-hints.js';
import { knownKeys, schemasAt } from './schema/known-keys.js';
import { SettingsTables } from './schema/tables.js';
import { nearest } from './text/near.js';

/** Something wrong with one key. */
export interface Mistake {
  /** The key by the schema's names; of an unknown key too. */
  readonly path: readonly PropertyKey[];
  /** Whether the sentence follows on the key's name by a blank, not a colon: ` is 3: expected a text`. */
  readonly value?: string;
  readonly message: string;
}

/** One mistake or more for an issue of `SettingsTables`. */
export function mistakesOf(issue: z.core.$ZodIssue): readonly Mistake[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, path) }));
    case 'invalid_type':
      return issue.input === undefined
        ? [{ path, message: `missing; expected ${kind(issue.expected)}` }]
        : [wrongValue(path, issue.input, kind(issue.expected))];
    case 'invalid_value': {
      const words = issue.values.map((value) => JSON.stringify(value)).join(', ');
      return [wrongValue(path, issue.input, `one of ${words}`, issue.values)];
    }
    case 'invalid_union':
      return union(issue);
    default:
      return [{ path, message: lowerFirst(issue.message) }];
  }
}

function union(issue: z.core.$ZodIssueInvalidUnion): readonly Mistake[] {
  const { path } = issue;
  if (issue.errors.length === 0) {
    const words = literalsAt(path);
    const allowed = `one of ${words.map((word) => JSON.stringify(word)).join(', ')}`;
    const input = issue.input;
    const given = isTable(input) ? input[String(path.at(-1))] : input;
    return given === undefined
      ? [{ path, message: `missing; write ${allowed}` }]
      : [wrongValue(path, given, allowed, words)];
  }
  if (issue.message !== 'Invalid input') return [{ path, message: lowerFirst(issue.message) }];
  // The branches want different things of the same value: each may be what was meant.
  const inner = issue.errors.flatMap((issues) =>
    issues.flatMap((one) => mistakesOf({ ...one, path: [...path, ...one.path] })),
  );
  const messages = [...new Set(inner.map(({ message }) => message))];
  const value = inner.find((one) => one.value !== undefined)?.value;
  return [{ path, ...(value === undefined ? {} : { value }), message: messages.join(', or ') }];
}

function wrongValue(
  path: readonly PropertyKey[],
  input: unknown,
  allowed: string,
  words: readonly unknown[] = [],
): Mistake {
  const texts = words.filter((word) => typeof word === 'string');
  const near = typeof input === 'string' ? nearest(input, texts) : undefined;
  const remedy = near === undefined ? '' : `; did you mean "${near}"?`;
  return { path, value: shown(input), message: `expected ${allowed}${remedy}` };
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const moved = path.length === 0 ? movedTo(key) : undefined;
  if (moved !== undefined) return `this key is now ${moved}; move it there`;
  const known = knownKeys(SettingsTables, path);
  const near = nearest(key, known);
  if (near !== undefined) return `unknown key; did you mean "${near}"?`;
  return known.length === 0
    ? 'unknown key; this table has no keys'
    : `unknown key; allowed are ${known.join(', ')}`;
}

/** The words that the key of a tagged table may have. */
function literalsAt(path: readonly PropertyKey[]): readonly string[] {
  return schemasAt(SettingsTables, path).flatMap((schema) =>
    schema instanceof z.ZodLiteral ? [...schema.values].map(String) : [],
  );
}

function kind(expected: string): string {
  switch (expected) {
    case 'string':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a table';
    case 'int':
      return 'a whole number';
    default:
      return `a ${expected}`;
  }
}

/** A value in a few characters. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  if (isTable(value)) return 'a table';
  return JSON.stringify(value) ?? String(value);
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const lowerFirst = (message: string) => message.charAt(0).toLowerCase() + message.slice(1);
