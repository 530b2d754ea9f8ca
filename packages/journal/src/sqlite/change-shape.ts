/**
 * A row change apart from its values: changes of one shape share one prepared statement, and a shape crosses
 * to the writer thread as one text.
 */
import type { Cell, ChangeValue, RowChange } from '../table.js';

export interface ShapedChange {
  /** `<op> <table> <key>… : <column>…`, an incremented column with a `+` before it. */
  readonly shape: string;
  /** Of the keys, then of the columns; undefined stands for the event's sequence number. */
  readonly values: readonly (Cell | undefined)[];
}

export interface ChangeStatement {
  readonly sql: string;
  /** Parameters in the order of the statement. */
  params(values: ShapedChange['values'], streamNo: number, seq: number): Cell[];
}

/** Takes a change apart. */
export function shapeChange(change: RowChange): ShapedChange {
  let shape = `${change.op} ${change.table}`;
  const values: (Cell | undefined)[] = [];
  for (const key in change.key) {
    shape += ` ${key}`;
    values.push(change.key[key] ?? null);
  }
  if (change.op === 'delete') return { shape, values };
  shape += ' :';
  for (const column in change.set) {
    const value = change.set[column] ?? null;
    shape += isIncrement(value) ? ` +${column}` : ` ${column}`;
    values.push(
      isIncrement(value)
        ? value.increment
        : value !== null && typeof value === 'object'
          ? undefined
          : value,
    );
  }
  return { shape, values };
}

function isIncrement(value: ChangeValue): value is { readonly increment: number } {
  return typeof value === 'object' && value !== null && 'increment' in value;
}

/** The statement of a shape. Names were checked to be plain identifiers. */
export function changeStatement(shape: string): ChangeStatement {
  const [head = '', tail] = shape.split(' :');
  const [op = '', table = '', ...keys] = head.split(' ');
  const columns = (tail ?? '').split(' ').filter((c) => c !== '');
  const where = ['stream_no', ...keys].map((k) => `${k} = ?`).join(' AND ');
  const target = `p_${table}`;
  const updates = columns
    .map((c) => (c.startsWith('+') ? incremented(target, c.slice(1)) : `${c} = ?`))
    .join(', ');
  const at = keys.length;
  const filled = (values: ShapedChange['values'], seq: number): Cell[] =>
    values.map((v) => (v === undefined ? seq : v));
  switch (op) {
    case 'delete':
      return {
        sql: `DELETE FROM ${target} WHERE ${where}`,
        params: (values, no, seq) => [no, ...filled(values, seq)],
      };
    case 'update':
      return {
        sql: `UPDATE ${target} SET ${updates === '' ? 'stream_no = stream_no' : updates} WHERE ${where}`,
        params: (values, no, seq) => {
          const all = filled(values, seq);
          return [...all.slice(at), no, ...all.slice(0, at)];
        },
      };
    default: {
      const names = ['stream_no', ...keys, ...columns.map((c) => c.replace('+', ''))];
      const insert = `INSERT INTO ${target} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      const conflict = ['stream_no', ...keys].join(', ');
      return {
        sql: `${insert} ON CONFLICT (${conflict}) DO ${updates === '' ? 'NOTHING' : `UPDATE SET ${updates}`}`,
        params: (values, no, seq) => {
          const all = filled(values, seq);
          return [no, ...all, ...all.slice(at)];
        },
      };
    }
  }
}

function incremented(table: string, column: string): string {
  return `${column} = COALESCE(${table}.${column}, 0) + ?`;
}
