/** Values that hold → a settings file that says the same, with a comment for each origin. */
import type { JsonValue } from '@fabro/protocol';
import type { EffectiveValue } from './effective.js';
import { tomlKey, tomlValue } from './toml-text.js';

/** Widest pair that still moves the column of comments; a longer one pushes its own comment out. */
const PAIR_COLUMNS = 56;

/** The text of a settings file. */
export function effectiveToml(values: readonly EffectiveValue[]): string {
  const sections: { head: string; table: string; pairs: [string, string][] }[] = [];
  for (const { path, value, origin } of values) {
    const { head, table } = headOf(path);
    const last = sections.at(-1);
    const pair: [string, string] = [
      `${tomlKey(String(path.at(-1)))} = ${tomlValue(value)}`,
      origin,
    ];
    if (last?.table === table) last.pairs.push(pair);
    else sections.push({ head, table, pairs: [pair] });
  }
  const blocks = gathered(sections).map(({ head, pairs }) => {
    const width = Math.max(
      ...pairs.map(([pair]) => (pair.length <= PAIR_COLUMNS ? pair.length : 0)),
    );
    return [head, ...pairs.map(([pair, origin]) => `${pair.padEnd(width)}  # ${origin}`)].join(
      '\n',
    );
  });
  return `${['_version = 1', ...blocks].join('\n\n')}\n`;
}

/** A table's pairs in one place: TOML lets each table begin once. */
function gathered<T extends { readonly table: string; readonly pairs: readonly unknown[] }>(
  sections: readonly T[],
): readonly T[] {
  const byTable = new Map<string, T>();
  for (const section of sections) {
    const before = byTable.get(section.table);
    byTable.set(
      section.table,
      before === undefined ? section : { ...before, pairs: [...before.pairs, ...section.pairs] },
    );
  }
  return [...byTable.values()];
}

/** `[a.b]`, or `[[a.b]]` for a table of a list; `table` tells the tables of a list apart. */
function headOf(path: EffectiveValue['path']): { readonly head: string; readonly table: string } {
  const outer = path.slice(0, -1);
  const table = outer.map((key) => tomlKey(String(key))).join('.');
  const names = outer
    .filter((key) => typeof key === 'string')
    .map(tomlKey)
    .join('.');
  const isList = typeof outer.at(-1) === 'number';
  return { head: isList ? `[[${names}]]` : `[${names}]`, table };
}

/** The values as one object, in the form of a file. */
export function effectiveObject(
  values: readonly EffectiveValue[],
): Readonly<Record<string, JsonValue>> {
  const root: Record<string, JsonValue> = {};
  for (const { path, value } of values) place(root, path, value);
  return root;
}

function place(
  holder: Record<string, JsonValue> | JsonValue[],
  [key = '', ...rest]: readonly (string | number)[],
  value: JsonValue,
): void {
  const at = String(key);
  const existing = Object.hasOwn(holder, at) ? (Reflect.get(holder, at) as JsonValue) : undefined;
  if (rest.length === 0) Object.defineProperty(holder, at, { ...OPEN, value });
  else if (typeof existing === 'object' && existing !== null) place(existing, rest, value);
  else {
    const inner = typeof rest[0] === 'number' ? [] : {};
    Object.defineProperty(holder, at, { ...OPEN, value: inner });
    place(inner, rest, value);
  }
}

/** A name such as `__proto__` is a key like any other. */
const OPEN = { writable: true, enumerable: true, configurable: true };
