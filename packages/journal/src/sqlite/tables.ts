/** Declared tables and selections as SQL. Names were checked to be plain identifiers. */
import type { Cell, Condition, Selection, TableSpec } from '../table.js';

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
