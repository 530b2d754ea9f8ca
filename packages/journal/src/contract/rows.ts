import { expect, it } from 'vitest';
import type { StreamId } from '@fabro/protocol';
import { MAX_SELECT_ROWS } from '../limits.js';
import type { Journal } from '../port.js';
import type { Cell, Condition, Selection } from '../table.js';
import { appended, freshStream, outside, put } from './subject.js';

/** Rows derived from events, and how they are selected. */
export function rows(journal: () => Journal): void {
  const cellsOf = (stream: StreamId, id: string): Readonly<Record<string, Cell>> | undefined =>
    journal().select({
      table: 'item',
      where: [
        { column: 'stream', in: [stream] },
        { column: 'id', in: [id] },
      ],
      limit: 2,
    })[0]?.cells;
  const update = (id: string, body: object) => ({ type: 'item.update', body: { id, ...body } });

  it('upsert inserts a row with empty cells for what is not set, then sets only what is given', async () => {
    const stream = freshStream();
    await appended(journal(), outside(stream, [put('a', { state: 'new' })]));
    expect(cellsOf(stream, 'a')).toEqual({
      id: 'a',
      state: 'new',
      count: null,
      ratio: null,
      at_seq: null,
    });
    await appended(journal(), outside(stream, [put('a', { count: 2, ratio: 0.5 })]));
    expect(cellsOf(stream, 'a')).toMatchObject({ state: 'new', count: 2, ratio: 0.5 });
    await appended(journal(), outside(stream, [put('a', { state: null }), put('a', {})]));
    expect(cellsOf(stream, 'a')).toMatchObject({ state: null, count: 2 });
  });

  it('update sets columns of an existing row and makes none', async () => {
    const stream = freshStream();
    await appended(
      journal(),
      outside(stream, [put('a', { state: 'new' }), update('a', { state: 'old' })]),
    );
    await appended(journal(), outside(stream, [update('b', { state: 'old' }), update('a', {})]));
    expect(cellsOf(stream, 'a')).toMatchObject({ state: 'old' });
    expect(cellsOf(stream, 'b')).toBeUndefined();
  });

  it('delete removes the row, and no other', async () => {
    const [stream, other] = [freshStream(), freshStream()];
    for (const s of [stream, other])
      await appended(journal(), outside(s, [put('a', {}), put('b', {})]));
    await appended(journal(), outside(stream, [{ type: 'item.delete', body: { id: 'a' } }]));
    expect(cellsOf(stream, 'a')).toBeUndefined();
    expect(cellsOf(stream, 'b')).toMatchObject({ id: 'b' });
    expect(cellsOf(other, 'a')).toMatchObject({ id: 'a' });
  });

  it('an increment counts from what is there, and from 0 where nothing is', async () => {
    const stream = freshStream();
    await appended(
      journal(),
      outside(stream, [put('a', { by: 2 }), put('a', { by: 3 }), put('b', { state: 'x' })]),
    );
    await appended(journal(), outside(stream, [update('b', { by: -4 }), update('c', { by: 1 })]));
    expect(cellsOf(stream, 'a')).toMatchObject({ count: 5 });
    expect(cellsOf(stream, 'b')).toMatchObject({ count: -4 });
    expect(cellsOf(stream, 'c')).toBeUndefined();
  });

  it('SEQ becomes the number that the event got', async () => {
    const stream = freshStream();
    await appended(
      journal(),
      outside(stream, [put('a', { mark: true }), put('b', { mark: true })]),
    );
    await appended(journal(), outside(stream, [put('a', {}), put('a', { mark: true })]));
    expect(cellsOf(stream, 'a')).toMatchObject({ at_seq: 4 });
    expect(cellsOf(stream, 'b')).toMatchObject({ at_seq: 2 });
  });

  it('the same key in two streams is two rows', async () => {
    const [a, b] = [freshStream(), freshStream()];
    await appended(journal(), outside(a, [put('k', { state: 'of a' })]));
    await appended(journal(), outside(b, [put('k', { state: 'of b' })]));
    expect(cellsOf(a, 'k')).toMatchObject({ state: 'of a' });
    expect(cellsOf(b, 'k')).toMatchObject({ state: 'of b' });
  });

  it('cells keep odd characters', async () => {
    const stream = freshStream();
    const odd = `it's "odd" \\ \n\u2028 👩‍👧 %_; DROP TABLE p_item; --`;
    await appended(journal(), outside(stream, [put(odd, { state: odd })]));
    expect(cellsOf(stream, odd)).toMatchObject({ id: odd, state: odd });
  });

  const ids = async (
    fill: Readonly<Record<string, object>>,
    selection: Partial<Selection>,
  ): Promise<{ found: readonly Cell[]; count: number }> => {
    const stream = freshStream();
    const events = Object.entries(fill).map(([id, body]) => put(id, { ...body }));
    await appended(journal(), outside(stream, events));
    const where: readonly Condition[] = [
      { column: 'stream', in: [stream] },
      ...(selection.where ?? []),
    ];
    const found = journal().select({
      table: 'item',
      orderBy: [{ column: 'id' }],
      limit: 100,
      ...selection,
      where,
    });
    return {
      found: found.map((r) => r.cells['id'] ?? null),
      count: journal().count({ table: 'item', where }),
    };
  };
  const states = {
    a: { state: 'open' },
    b: { state: 'Open' },
    c: { state: 'opened' },
    d: {},
    e: { state: '' },
  };

  it('selects by a list of values; null is a value; an empty list matches nothing', async () => {
    const by = (values: readonly Cell[]) =>
      ids(states, { where: [{ column: 'state', in: values }] });
    expect(await by(['open', 'Open'])).toEqual({ found: ['a', 'b'], count: 2 });
    expect(await by([null])).toEqual({ found: ['d'], count: 1 });
    expect(await by([null, ''])).toEqual({ found: ['d', 'e'], count: 2 });
    expect(await by([])).toEqual({ found: [], count: 0 });
  });

  it('selects text by how it starts, case-sensitively, with no wildcard', async () => {
    const by = (startsWith: string, fill: Readonly<Record<string, object>> = states) =>
      ids(fill, { where: [{ column: 'state', startsWith }] });
    expect(await by('open')).toEqual({ found: ['a', 'c'], count: 2 });
    expect(await by('')).toEqual({ found: ['a', 'b', 'c', 'e'], count: 4 });
    expect(await by('o%')).toEqual({ found: [], count: 0 });
    const emoji = { a: { state: '😀 face' }, b: { state: '😀' }, c: { state: '😃 other' } };
    expect(await by('😀 f', emoji)).toEqual({ found: ['a'], count: 1 });
  });

  it('selects what is less than a number or a text; an empty cell is not', async () => {
    const fill = {
      a: { count: 9, state: 'a' },
      b: { count: 10, state: 'b' },
      c: { count: -1 },
      d: { state: 'd' },
    };
    expect(await ids(fill, { where: [{ column: 'count', lessThan: 10 }] })).toEqual({
      found: ['a', 'c'],
      count: 2,
    });
    expect(await ids(fill, { where: [{ column: 'state', lessThan: 'b' }] })).toEqual({
      found: ['a'],
      count: 1,
    });
  });

  it('all conditions must hold, also several on one column', async () => {
    const where = [
      { column: 'state', startsWith: 'o', lessThan: 'opened' },
      { column: 'id', in: ['a', 'c'] },
    ];
    expect(await ids(states, { where })).toEqual({ found: ['a'], count: 1 });
  });

  it('orders by columns: empty cells first, numbers as numbers, text by its bytes', async () => {
    const fill = {
      a: { state: 'z', count: 10 },
      b: { state: '\u{1F600}', count: 9 },
      c: { state: '\uFF5E', count: 9 },
      d: { state: 'Z' },
      e: { count: -3 },
    };
    const by = async (...orderBy: NonNullable<Selection['orderBy']>) =>
      (await ids(fill, { orderBy })).found.join('');
    expect(await by({ column: 'state' })).toBe('edacb');
    expect(await by({ column: 'state', descending: true })).toBe('bcade');
    expect(await by({ column: 'count' }, { column: 'id', descending: true })).toBe('decba');
  });

  it('pages by limit and offset, and never gives more than MAX_SELECT_ROWS', async () => {
    const fill = { a: {}, b: {}, c: {}, d: {} };
    expect((await ids(fill, { limit: 2, offset: 1 })).found).toEqual(['b', 'c']);
    expect((await ids(fill, { limit: 2, offset: 3 })).found).toEqual(['d']);
    expect((await ids(fill, { limit: 2, offset: 4 })).found).toEqual([]);
    expect((await ids(fill, { limit: 0 })).found).toEqual([]);
    expect((await ids(fill, { limit: -1 })).found).toEqual([]);
    const stream = freshStream();
    for (const part of ['a', 'b'])
      await appended(
        journal(),
        outside(
          stream,
          Array.from({ length: MAX_SELECT_ROWS / 2 + 1 }, (_, i) => put(`${part}${i}`, {})),
        ),
      );
    const where = [{ column: 'stream', in: [stream] }];
    expect(journal().select({ table: 'item', where, limit: 1_000_000 })).toHaveLength(1_000);
    expect(journal().count({ table: 'item', where })).toBe(1_002);
  });

  it('a table that no projection declares is an error that names it', () => {
    expect(() => journal().select({ table: 'nowhere', limit: 1 })).toThrow(/nowhere/);
    expect(() => journal().count({ table: 'nowhere' })).toThrow(/nowhere/);
  });
}
