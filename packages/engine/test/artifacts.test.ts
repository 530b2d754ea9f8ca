/** Which files an attempt keeps (§5.3), decided purely; `test/engine/artifacts.test.ts` has real files. */
import { describe, expect, it } from 'vitest';
import { chooseArtifacts } from '../src/artifacts/choose.js';
import { globTests, type FoundFile } from '../src/artifacts/find.js';
import { mimeOf } from '../src/artifacts/mime.js';

const MIB = 1024 * 1024;
const file = (path: string, bytes: number, modifiedAtS = 1_000): FoundFile => ({
  path,
  bytes,
  modifiedAtS,
});
const paths = (files: readonly FoundFile[]) => files.map(({ path }) => path);

describe('a glob of artifacts (§5.3)', () => {
  // §5.3 artifact globs
  it.each([
    ['report.html', ['-name report.html']],
    ['*.png', ['-name *.png']],
    ['**/*.png', ['-name *.png']],
    ['*.{png,svg}', ['-name *.png', '-name *.svg']],
    ['reports/**', ['-path */reports', '-path */reports/*']],
    ['reports/', ['-path */reports', '-path */reports/*']],
    ['**/reports/**', ['-path */reports', '-path */reports/*']],
    ['out/*.json', ['-path */out/*.json', '-path */out/*.json/*']],
    ['./out.txt', ['-path ./out.txt', '-path ./out.txt/*']],
    ['/out/**', ['-path ./out', '-path ./out/*']],
    [
      'a/**/b.txt',
      ['-path */a/b.txt', '-path */a/b.txt/*', '-path */a/*/b.txt', '-path */a/*/b.txt/*'],
    ],
    ['', []],
    [' / ', []],
  ])('%s', (glob, tests) => {
    expect(globTests(glob).map((test) => test.join(' '))).toEqual(tests);
  });

  it('is refused with too many "**", braces or characters', () => {
    expect(() => globTests(`a${'/**/a'.repeat(8)}`)).toThrow('has too many "**". Use one.');
    expect(() => globTests('{a,b}'.repeat(10))).toThrow('more than 256 alternatives');
    expect(() => globTests('a'.repeat(1_001))).toThrow(
      'run.artifacts.include has a glob of 1001 characters, at most 1000 are read.',
    );
  });
});

describe('of the files that match (§5.3)', () => {
  // §5.3 artifact limits
  it('those since the attempt began are kept, by whole seconds, smallest first', () => {
    const found = [
      file('old', 1, 999),
      file('b', 20, 1_000),
      file('new', 10, 2_000),
      file('a', 20, 1_000),
    ];
    const { chosen, leftOut } = chooseArtifacts(found, 1_000_999);
    expect(paths(chosen)).toEqual(['new', 'a', 'b']);
    expect(leftOut).toEqual([]);
  });

  it('those of at most 10 MiB', () => {
    const large = file('large', 10 * MIB + 1);
    const { chosen, leftOut } = chooseArtifacts([large, file('fits', 10 * MIB)], 0);
    expect(paths(chosen)).toEqual(['fits']);
    expect(leftOut).toEqual([{ file: large, why: 'at most 10485760 bytes each' }]);
  });

  it('at most 100', () => {
    const found = Array.from({ length: 102 }, (_, i) => file(`f${String(i).padStart(3, '0')}`, 1));
    const { chosen, leftOut } = chooseArtifacts(found, 0);
    expect(chosen).toHaveLength(100);
    expect(leftOut.map(({ file: { path }, why }) => `${path}: ${why}`)).toEqual([
      'f100: at most 100 files',
      'f101: at most 100 files',
    ]);
  });

  it('at most 50 MiB in all', () => {
    const found = Array.from({ length: 6 }, (_, i) => file(`f${i}`, 9 * MIB));
    const { chosen, leftOut } = chooseArtifacts(found, 0);
    expect(paths(chosen)).toEqual(['f0', 'f1', 'f2', 'f3', 'f4']);
    expect(leftOut).toEqual([{ file: found[5], why: 'at most 52428800 bytes in all' }]);
  });
});

it.each([
  ['a/shot.PNG', 'image/png'],
  ['report.html', 'text/html'],
  ['x.tar.gz', 'application/gzip'],
  ['Makefile', 'application/octet-stream'],
  ['a.b/constructor', 'application/octet-stream'],
  ['x.constructor', 'application/octet-stream'],
])('the media type of %s is %s', (path, mime) => {
  expect(mimeOf(path)).toBe(mime);
});
