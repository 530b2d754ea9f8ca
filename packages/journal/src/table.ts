/**
 * Projections as data: tables are declared, changes are values, and both adapters apply them the same way
 * in the transaction of the append that caused them.
 */

/** What a cell holds. */
export type Cell = string | number | null;

/** A change's value: a cell, the sequence number of the event that caused the change, or an increment. */
export type ChangeValue = Cell | typeof SEQ | { readonly increment: number };

/** Stands for the sequence number that the event gets at commit. */
export const SEQ = { seq: true } as const;

export interface TableSpec {
  readonly name: string;
  /** Key columns; the stream is always part of the key and not listed. */
  readonly key: Readonly<Record<string, 'text' | 'integer'>>;
  readonly columns: Readonly<Record<string, 'text' | 'integer' | 'real'>>;
  /** Column lists that get an index. */
  readonly indexes?: readonly (readonly string[])[];
}

export type RowChange =
  /** Inserts the row, or sets the given columns of an existing one. */
  | {
      readonly op: 'upsert';
      readonly table: string;
      readonly key: Readonly<Record<string, Cell>>;
      readonly set: Readonly<Record<string, ChangeValue>>;
    }
  /** Sets columns where the row exists. */
  | {
      readonly op: 'update';
      readonly table: string;
      readonly key: Readonly<Record<string, Cell>>;
      readonly set: Readonly<Record<string, ChangeValue>>;
    }
  | { readonly op: 'delete'; readonly table: string; readonly key: Readonly<Record<string, Cell>> };

/** A row as it is read: key and columns, and the stream that it belongs to. */
export interface Row {
  readonly stream: string;
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface Condition {
  /** A key column, a column, or `stream`. */
  readonly column: string;
  /** The values that match; an empty list matches nothing. */
  readonly in?: readonly Cell[];
  /** Text that starts so (case-sensitive). */
  readonly startsWith?: string;
  readonly lessThan?: number | string;
}

export interface Selection {
  readonly table: string;
  readonly where?: readonly Condition[];
  readonly orderBy?: readonly { readonly column: string; readonly descending?: boolean }[];
  /** At most MAX_SELECT_ROWS. */
  readonly limit: number;
  readonly offset?: number;
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Throws a TypeError for a name that is no plain identifier: names become SQL. */
export function checkTable(table: TableSpec): void {
  for (const name of [
    table.name,
    ...Object.keys(table.key),
    ...Object.keys(table.columns),
    ...(table.indexes ?? []).flat(),
  ])
    if (!NAME.test(name))
      throw new TypeError(`table "${table.name}": "${name}" is no plain lower-case identifier`);
}

/** Throws a TypeError for a change that does not fit the tables its projection declares. */
export function checkChange(change: RowChange, tables: readonly TableSpec[]): void {
  const table = checkRow(change, tables);
  if (change.op === 'delete') return;
  for (const column in change.set)
    if (!Object.hasOwn(table.columns, column))
      throw new TypeError(
        `a row change sets "${column}"; table "${table.name}" has no such column`,
      );
}

/** Throws a TypeError for a row that no declared table can have; gives its table. */
export function checkRow(
  row: { readonly table: string; readonly key: Readonly<Record<string, Cell>> },
  tables: readonly TableSpec[],
): TableSpec {
  const table = tables.find((t) => t.name === row.table);
  if (table === undefined) throw new TypeError(`no projection declares a table "${row.table}"`);
  const declared = Object.keys(table.key);
  const given = Object.keys(row.key);
  if (given.length !== declared.length || declared.some((k) => (row.key[k] ?? null) === null))
    throw new TypeError(
      `table "${table.name}" has the key (${declared.join(', ')}); given was ${JSON.stringify(row.key)}`,
    );
  return table;
}
