/**
 * Spellings of the generation of March 2026 that are still read (decision 2). Each is moved to its key of
 * today before the schema sees the file; both at once in one file is a mistake, and neither wins.
 */

type Table = Readonly<Record<string, unknown>>;

/** An old spelling and the key that it means. */
export interface Alias {
  readonly old: readonly string[];
  readonly now: readonly string[];
}

/** Every old spelling. */
export const ALIASES: readonly Alias[] = [
  { old: ['execution', 'environment'], now: ['run', 'sandbox', 'provider'] },
  { old: ['sandbox', 'env'], now: ['run', 'sandbox', 'env'] },
  { old: ['sandbox', 'daytona', 'snapshot'], now: ['run', 'sandbox', 'daytona', 'snapshot'] },
  { old: ['git', 'author'], now: ['run', 'git', 'author'] },
  { old: ['checkpoint', 'exclude_globs'], now: ['run', 'checkpoint', 'exclude_globs'] },
];

export interface Translated {
  readonly tables: Table;
  /** The old spellings that the file uses. */
  readonly used: readonly Alias[];
  /** Old spellings whose key of today is in the file too. */
  readonly doubled: readonly Alias[];
}

/** The tables of a file with every old spelling at its place of today. */
export function translateAliases(tables: Table): Translated {
  const used: Alias[] = [];
  const doubled: Alias[] = [];
  let translated = tables;
  for (const alias of ALIASES) {
    const value = valueAt(tables, alias.old);
    if (value === undefined) continue;
    const left = without(translated, alias.old);
    if (valueAt(tables, alias.now) !== undefined) {
      translated = left;
      doubled.push(alias);
      continue;
    }
    const moved = withValue(left, alias.now, value);
    if (moved === undefined) continue;
    translated = moved;
    used.push(alias);
  }
  return { tables: translated, used, doubled };
}

/** The path as the file spells it. */
export function asWritten(
  path: readonly PropertyKey[],
  used: readonly Alias[],
): readonly PropertyKey[] {
  const alias = used.find(({ now }) => now.every((key, i) => path[i] === key));
  return alias === undefined ? path : [...alias.old, ...path.slice(alias.now.length)];
}

function valueAt(table: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isTable(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    table,
  );
}

/** The table without the value at `path`, and without the tables that held nothing else. */
function without(table: Table, [first = '', ...rest]: readonly string[]): Table {
  const { [first]: inner, ...others } = table;
  if (rest.length === 0 || !isTable(inner)) return others;
  const left = without(inner, rest);
  return Object.keys(left).length === 0 ? others : { ...others, [first]: left };
}

/** The table with the value at `path`; undefined where something else than a table is in the way. */
function withValue(
  table: Table,
  [first = '', ...rest]: readonly string[],
  value: unknown,
): Table | undefined {
  if (rest.length === 0) return { ...table, [first]: value };
  const inner = Object.hasOwn(table, first) ? table[first] : {};
  const changed = isTable(inner) ? withValue(inner, rest, value) : undefined;
  return changed && { ...table, [first]: changed };
}

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
