/** Declared tables in memory, with the meaning that the SQLite adapter gives them. */
import type {
  Cell,
  ChangeValue,
  Condition,
  Row,
  RowChange,
  Selection,
  TableSpec,
} from '../table.js';

type Cells = Record<string, Cell>;

export class MemoryRows {
  readonly #specs: ReadonlyMap<string, TableSpec>;
  readonly #rows = new Map<string, Map<string, { stream: string; cells: Cells }>>();

  constructor(tables: readonly TableSpec[]) {
    this.#specs = new Map(tables.map((t) => [t.name, t]));
    for (const table of tables) this.#rows.set(table.name, new Map());
  }

  apply(change: RowChange, stream: string, seq: number): void {
    const rows = this.#table(change.table);
    const id = rowId(stream, change.key);
    const row = rows.get(id);
    if (change.op === 'delete') {
      rows.delete(id);
      return;
    }
    if (row === undefined && change.op === 'update') return;
    const cells = row?.cells ?? this.#emptyRow(change);
    for (const [column, value] of Object.entries(change.set))
      cells[column] = resolve(value, cells[column] ?? null, seq);
    rows.set(id, { stream, cells });
  }

  cell(
    table: string,
    stream: string,
    key: Readonly<Record<string, Cell>>,
    column: string,
  ): Cell | undefined {
    return this.#table(table).get(rowId(stream, key))?.cells[column];
  }

  select(selection: Selection): readonly Row[] {
    const orders = selection.orderBy ?? [];
    const rows = this.#matching(selection).toSorted((a, b) => {
      for (const order of orders) {
        const c = compare(columnOf(a, order.column), columnOf(b, order.column));
        if (c !== 0) return order.descending === true ? -c : c;
      }
      return 0;
    });
    const offset = selection.offset ?? 0;
    return rows
      .slice(offset, offset + selection.limit)
      .map((row) => ({ stream: row.stream, cells: { ...row.cells } }));
  }

  count(selection: Pick<Selection, 'table' | 'where'>): number {
    return this.#matching(selection).length;
  }

  deleteStream(stream: string): void {
    for (const rows of this.#rows.values())
      for (const [id, row] of rows) if (row.stream === stream) rows.delete(id);
  }

  #matching(selection: Pick<Selection, 'table' | 'where'>): { stream: string; cells: Cells }[] {
    const conditions = selection.where ?? [];
    return [...this.#table(selection.table).values()].filter((row) =>
      conditions.every((c) => matches(c, columnOf(row, c.column))),
    );
  }

  #emptyRow(change: RowChange): Cells {
    const spec = this.#specs.get(change.table);
    return {
      ...change.key,
      ...Object.fromEntries(Object.keys(spec?.columns ?? {}).map((c) => [c, null])),
    };
  }

  #table(name: string): Map<string, { stream: string; cells: Cells }> {
    const rows = this.#rows.get(name);
    if (rows === undefined) throw new TypeError(`no projection declares a table "${name}"`);
    return rows;
  }
}

function rowId(stream: string, key: Readonly<Record<string, Cell>>): string {
  return JSON.stringify([
    stream,
    ...Object.keys(key)
      .toSorted()
      .map((k) => key[k]),
  ]);
}

function resolve(value: ChangeValue, old: Cell, seq: number): Cell {
  if (value === null || typeof value !== 'object') return value;
  if ('increment' in value) return (typeof old === 'number' ? old : 0) + value.increment;
  return seq;
}

function columnOf(row: { readonly stream: string; readonly cells: Cells }, column: string): Cell {
  return column === 'stream' ? row.stream : (row.cells[column] ?? null);
}

function matches(condition: Condition, value: Cell): boolean {
  if (condition.in !== undefined && !condition.in.includes(value)) return false;
  if (
    condition.startsWith !== undefined &&
    !(typeof value === 'string' && value.startsWith(condition.startsWith))
  )
    return false;
  return (
    condition.lessThan === undefined || (value !== null && compare(value, condition.lessThan) < 0)
  );
}

/** SQLite's order of text: by the bytes of its UTF-8. */
export function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** SQLite's order: null, then numbers, then text. */
function compare(a: Cell, b: Cell): number {
  const rank = (c: Cell): number => (c === null ? 0 : typeof c === 'number' ? 1 : 2);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a === null || b === null || a === b) return 0;
  return typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : a < b ? -1 : 1;
}
