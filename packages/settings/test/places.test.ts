import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../src/toml/places.js';

const TOML = `# a comment with [brackets] = "and quotes"
_version = 1
a.b = "x"   # a = 1
[t . "quoted \\u0041.key"]
multi = """
no = "key"
[not.a.table]
""\\"""""
literal = '''x = 1 ''''
list = [1, # ] no end
  "]", ["}", { k = 1 }]]
inline = { x = 1, y.z = [ { w = 2 } ] }
day = 1979-05-27 07:32:00
after = 1
[[hooks]]
id = 'one'
[hooks.headers]
h = "1"
[[hooks]]
id = "two"
headers.h = "2"
`;

describe('the place of a key', () => {
  it.each([
    [['_version'], 2, 1],
    [['a'], 3, 1],
    [['a', 'b'], 3, 3],
    [['t', 'quoted A.key'], 4, 1],
    [['t', 'quoted A.key', 'multi'], 5, 1],
    [['t', 'quoted A.key', 'literal'], 9, 1],
    [['t', 'quoted A.key', 'list', 1], 11, 3],
    [['t', 'quoted A.key', 'list', 2, 1, 'k'], 11, 16],
    [['t', 'quoted A.key', 'inline', 'y', 'z', 0, 'w'], 12, 29],
    [['t', 'quoted A.key', 'after'], 14, 1],
    [['hooks', 0, 'id'], 16, 1],
    [['hooks', 0, 'headers', 'h'], 18, 1],
    [['hooks', 1, 'id'], 20, 1],
    [['hooks', 1, 'headers', 'h'], 21, 9],
    // Not there: the table around it.
    [['hooks', 1, 'missing'], 19, 1],
  ])('%j is line %i, column %i', (path, line, column) => {
    expect(placesOf(TOML).of(path)).toEqual({ line, column });
  });

  it('is unknown for a key of which nothing is there', () => {
    expect(placesOf(TOML).of(['nothing'])).toBeUndefined();
    expect(placesOf('').of(['a'])).toBeUndefined();
  });

  it('is found for every key of whatever a TOML writer writes', () => {
    const key = fc.oneof(fc.stringMatching(/^[a-z]{1,3}$/), fc.string({ maxLength: 4 }));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ maxLength: 8, unit: 'grapheme-ascii' }),
        fc.integer(),
        fc.boolean(),
        fc.array(fc.constantFrom('a]', '"}', '#x'), { maxLength: 3 }),
        fc.array(tie('tree'), { maxLength: 3 }),
        tie('tree'),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const toml = stringify(value);
        const places = placesOf(toml);
        const lines = toml.split('\n');
        for (const path of keysOf(value)) {
          const place = places.of(path);
          const rest = lines[(place?.line ?? 0) - 1]?.slice((place?.column ?? 0) - 1) ?? '';
          const last = String(path.at(-1));
          // A header names the key at its end, a pair at its start.
          expect(rest.startsWith('[') || rest.startsWith(last) || /^["']/.test(rest)).toBe(true);
          expect(rest).toContain(/^[\w-]+$/.test(last) ? last : '"');
        }
      }),
    );
  });
});

function keysOf(value: unknown, path: readonly PropertyKey[] = []): PropertyKey[][] {
  if (Array.isArray(value)) return value.flatMap((item, i) => keysOf(item, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    [...path, key],
    ...keysOf(item, [...path, key]),
  ]);
}
