import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expandBraces } from '../src/glob/expand-braces.js';
import { GlobPattern } from '../src/glob/glob-pattern.js';

test.for<[pattern: string, path: string, matches: boolean]>([
  ['*.ts', 'a.ts', true],
  ['*.ts', 'dir/a.ts', false],
  ['*.ts', '.ts', true],
  ['**/*.ts', 'a.ts', true],
  ['**/*.ts', 'x/y/a.ts', true],
  ['**/*.ts', 'x/y/a.tsx', false],
  ['src/**', 'src', false],
  ['src/**', 'src/a/b', true],
  ['src/**/test/*.js', 'src/test/a.js', true],
  ['src/**/test/*.js', 'src/a/b/test/a.js', true],
  ['src/**/test/*.js', 'src/a/b/a.js', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['a?c', 'a😀c', true],
  ['[a-c]x', 'bx', true],
  ['[a-c]x', 'dx', false],
  ['[!a-c]x', 'dx', true],
  ['[^a-c]x', 'ax', false],
  ['[]x]', ']', true],
  ['[a-]', '-', true],
  ['[', '[', true],
  ['[ab', '[ab', true],
  ['a{b,c{d,e}}', 'ace', true],
  ['{src,test}/**/*.{ts,js}', 'test/x/y.js', true],
  ['{src,test}/**/*.{ts,js}', 'docs/y.js', false],
  ['{src/a,b}/c', 'src/a/c', true],
  ['{a}', '{a}', true],
  ['{a,b', '{a,b', true],
  [String.raw`\*.ts`, '*.ts', true],
  [String.raw`\*.ts`, 'a.ts', false],
  [String.raw`\{a,b\}`, '{a,b}', true],
  ['./a//b', 'a/b', true],
  ['**', 'any/thing', true],
  ['a**b', 'axxb', true],
  ['a**b', 'a/b', false],
  ['*', '.hidden', true],
  ['ä*', 'äö', true],
])('pattern %s over %s: %s', ([pattern, path, matches]) => {
  expect(new GlobPattern(pattern).matches(path)).toBe(matches);
});

test('braces expand in the order in which they are written', () => {
  expect(expandBraces('{a,b{c,d},}x')).toEqual(['ax', 'bcx', 'bdx', 'x']);
});

test('patterns that expand without measure, or that cannot match below a folder, are refused', () => {
  expect(() => new GlobPattern('{a,b}'.repeat(9))).toThrow('stand for more than 256 alternatives');
  expect(() => new GlobPattern('/etc/*')).toThrow('matched against relative paths');
  expect(() => new GlobPattern('../*')).toThrow('".." cannot match');
  expect(() => new GlobPattern('')).toThrow('expected 1 to 1000');
  expect(() => new GlobPattern('a'.repeat(1_001))).toThrow('expected 1 to 1000');
});

test('a folder is entered only when something below it can match', () => {
  const pattern = new GlobPattern('src/*/x');
  const after = (...names: string[]) =>
    pattern.leadsOn(names.reduce((state, name) => pattern.step(state, name), pattern.start));
  expect([after('src'), after('docs'), after('src', 'a'), after('src', 'a', 'x')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('many stars over a long name take no noticeable time', () => {
  const pattern = new GlobPattern(`${'*a'.repeat(100)}b`);
  const startedAt = performance.now();
  expect(pattern.matches('a'.repeat(10_000))).toBe(false);
  expect(new GlobPattern('**/a/'.repeat(50) + 'b').matches('a/'.repeat(1_000) + 'c')).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test('a pattern of escaped characters matches exactly its text', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((text) => !/[/]|^\.{1,2}$/.test(text));
  fc.assert(
    fc.property(name, name, (text, other) => {
      const pattern = new GlobPattern([...text].map((char) => `\\${char}`).join(''));
      expect(pattern.matches(text)).toBe(true);
      expect(pattern.matches(other)).toBe(text === other);
    }),
  );
});
