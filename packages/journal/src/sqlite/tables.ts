/** Declared tables and row changes as SQL. Names were checked to be plain identifiers. */
import type { Cell, ChangeValue, Condition, RowChange, Selection, TableSpec } from '../table.js';

type Param = Cell;

export interface Sql {
  readonly text: string;
  readonly params: readonly Param[];
}

/** `CREATE TABLE` and its indexes; the row's key begins with the stream. */
export function createTable(table: TableSpec): string {
  const columns = [
    'stream_no INTEGER NOT NULL',
    ...Object.entries(table.key).map(([name, type]) => `${name} ${type.toUpperCase()} NOT NULL`),
    ...Object.entries(table.columns).map(([name, type]) => `${name} ${type.toUpperCase()}`),
    `PRIMARY KEY (${['stream_no', ...Object.keys(table.key)].join(', ')})`,
  ];
  const indexes = (table.indexes ?? []).map(
    (cols) =>
      `CREATE INDEX p_${table.name}_${cols.join('_')} ON p_${table.name} (${cols.join(', ')});`,
  );
  return `CREATE TABLE p_${table.name} (${columns.join(', ')}) WITHOUT ROWID; ${indexes.join(' ')}`;
}

/** What the SQL of a change depends on: changes of one shape share one prepared statement. */
export function changeShape(change: RowChange): string {
  let shape = `${change.op} ${change.table}`;
  for (const key in change.key) shape += ` ${key}`;
  if (change.op === 'delete') return shape;
  shape += ' :';
  for (const column in change.set)
    shape += isIncrement(change.set[column]) ? ` +${column}` : ` ${column}`;
  return shape;
}

function isIncrement(value: ChangeValue | undefined): value is { readonly increment: number } {
  return typeof value === 'object' && value !== null && 'increment' in value;
}

/** The statement for all changes of one shape; its parameters are `changeParams`. */
export function changeSql(change: RowChange): string {
  const table = `p_${change.table}`;
  const keys = Object.keys(change.key);
  const where = ['stream_no = ?', ...keys.map((k) => `${k} = ?`)].join(' AND ');
  if (change.op === 'delete') return `DELETE FROM ${table} WHERE ${where}`;
  const sets = Object.entries(change.set);
  const updates = sets
    .map(([column, v]) =>
      isIncrement(v) ? `${column} = COALESCE(${table}.${column}, 0) + ?` : `${column} = ?`,
    )
    .join(', ');
  if (change.op === 'update')
    return `UPDATE ${table} SET ${updates === '' ? 'stream_no = stream_no' : updates} WHERE ${where}`;
  const columns = ['stream_no', ...keys, ...sets.map(([c]) => c)];
  const conflict = ['stream_no', ...keys].join(', ');
  const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  return `${insert} ON CONFLICT (${conflict}) DO ${sets.length === 0 ? 'NOTHING' : `UPDATE SET ${updates}`}`;
}

/** The parameters of a change, in the order of its statement. */
export function changeParams(change: RowChange, streamNo: number, seq: number): Param[] {
  const keys: Param[] = [streamNo, ...Object.values(change.key)];
  if (change.op === 'delete') return keys;
  const sets: Param[] = [];
  for (const column in change.set) {
    const value = change.set[column] ?? null;
    sets.push(
      isIncrement(value)
        ? value.increment
        : typeof value === 'object' && value !== null
          ? seq
          : value,
    );
  }
  return change.op === 'update' ? [...sets, ...keys] : [...keys, ...sets, ...sets];
}

function conditionSql(condition: Condition, params: Param[]): string {
  const column = condition.column === 'stream' ? 's.id' : `t.${condition.column}`;
  const parts: string[] = [];
  if (condition.in !== undefined) {
    const nonNull = condition.in.filter((c) => c !== null);
    const clauses =
      nonNull.length === 0 ? [] : [`${column} IN (${nonNull.map(() => '?').join(', ')})`];
    params.push(...nonNull);
    if (condition.in.includes(null)) clauses.push(`${column} IS NULL`);
    parts.push(clauses.length === 0 ? '0' : `(${clauses.join(' OR ')})`);
  }
  if (condition.startsWith !== undefined) {
    // substr counts characters, not the UTF-16 units that `length` counts.
    params.push([...condition.startsWith].length, condition.startsWith);
    parts.push(`substr(${column}, 1, ?) = ?`);
  }
  if (condition.lessThan !== undefined) {
    params.push(condition.lessThan);
    parts.push(`${column} < ?`);
  }
  return parts.join(' AND ');
}

function checkedColumn(table: TableSpec, column: string): void {
  if (column !== 'stream' && !(column in table.key) && !(column in table.columns))
    throw new TypeError(`table "${table.name}" has no column "${column}"`);
}

/** A selection as a statement; `count` asks for the number of rows only. */
export function selectSql(
  table: TableSpec,
  selection: Omit<Selection, 'limit'> & { readonly limit?: number },
  count: boolean,
): Sql {
  const params: Param[] = [];
  for (const condition of selection.where ?? []) checkedColumn(table, condition.column);
  for (const order of selection.orderBy ?? []) checkedColumn(table, order.column);
  const where = (selection.where ?? []).map((c) => conditionSql(c, params)).filter((c) => c !== '');
  const from = `FROM p_${table.name} t JOIN streams s ON s.no = t.stream_no${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}`;
  if (count) return { text: `SELECT count(*) AS n ${from}`, params };
  const columns = [...Object.keys(table.key), ...Object.keys(table.columns)].map(
    (c) => `t.${c} AS ${c}`,
  );
  const order = (selection.orderBy ?? []).map(
    (o) =>
      `${o.column === 'stream' ? 's.id' : `t.${o.column}`}${o.descending === true ? ' DESC' : ''}`,
  );
  params.push(selection.limit ?? 0, selection.offset ?? 0);
  return {
    text: `SELECT s.id AS __stream, ${columns.join(', ')} ${from}${order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`} LIMIT ? OFFSET ?`,
    params,
  };
}
