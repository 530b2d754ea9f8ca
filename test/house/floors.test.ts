/**
 * The floors of the architecture, derived from the files themselves: the linter's configuration is not read
 * here, so that neither check hides a hole in the other.
 */
import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { findCycle } from './import-cycles.js';
import {
  packageNameOf,
  readPackages,
  readSharedTestFiles,
  resolveRelative,
  specifiersOf,
} from './source-files.js';

const FLOORS: readonly (readonly string[])[] = [
  ['@fabro/protocol'],
  [
    '@fabro/workflow',
    '@fabro/journal',
    '@fabro/models',
    '@fabro/process',
    '@fabro/settings',
    '@fabro/http',
    '@fabro/client',
  ],
  ['@fabro/sandbox'],
  ['@fabro/git', '@fabro/agent'],
  ['@fabro/engine'],
  ['@fabro/runs'],
  ['@fabro/server'],
  ['fabro'],
];
const PURE = ['@fabro/protocol', '@fabro/workflow', '@fabro/client'];

const floorOf = (name: string) => FLOORS.findIndex((floor) => floor.includes(name)) + 1;
const isRelative = (specifier: string) => specifier.startsWith('.');
const isNode = (specifier: string) =>
  specifier.startsWith('node:') || builtinModules.includes(packageNameOf(specifier));

const packages = readPackages();
/** Helpers that the tests of every package may use, such as twins. */
const shared = readSharedTestFiles().map(({ path }) => path);
const workspaceNames = new Set(packages.map(({ name }) => name));

describe('every package', () => {
  it('stands on a floor', () => {
    expect(packages.filter(({ name }) => floorOf(name) === 0).map(({ name }) => name)).toEqual([]);
  });

  it('declares each workspace package that it needs, and only ones of lower floors', () => {
    const upwards = packages.flatMap(({ name, dependencies }) =>
      dependencies
        .filter((dependency) => workspaceNames.has(dependency))
        .filter((dependency) => floorOf(dependency) >= floorOf(name))
        .map((dependency) => `${name} -> ${dependency}`),
    );
    expect(upwards).toEqual([]);
  });

  it('lists the exports of its root by name', () => {
    const stars = packages
      .flatMap(({ src, folder }) => src.filter(({ path }) => path === `${folder}/src/index.ts`))
      .filter(({ text }) => /^\s*export\s+(?:type\s+)?\*/m.test(text))
      .map(({ path }) => path);
    expect(stars).toEqual([]);
  });
});

describe.each(packages)('$folder', ({ name, folder, dependencies, devDependencies, src, test }) => {
  const imports = src.flatMap(({ path, specifiers }) =>
    specifiers.map((specifier) => ({ path, specifier })),
  );
  const testImports = test.flatMap(({ path, specifiers }) =>
    specifiers.map((specifier) => ({ path, specifier })),
  );

  it('imports workspace packages of lower floors only; its tests also import it by its name', () => {
    const pointsUp = ({ specifier }: { readonly specifier: string }) =>
      workspaceNames.has(packageNameOf(specifier)) &&
      floorOf(packageNameOf(specifier)) >= floorOf(name);
    const upwards = [
      ...imports.filter(pointsUp),
      ...testImports.filter(pointsUp).filter(({ specifier }) => packageNameOf(specifier) !== name),
    ];
    expect(upwards).toEqual([]);
  });

  it('imports only what its package.json declares; its contract suite also what tests may', () => {
    const allowed = (path: string) =>
      path.startsWith(`${folder}/src/contract/`)
        ? [...dependencies, ...devDependencies]
        : dependencies;
    const undeclared = imports.filter(
      ({ path, specifier }) =>
        !isRelative(specifier) &&
        !isNode(specifier) &&
        !allowed(path).includes(packageNameOf(specifier)),
    );
    expect(undeclared).toEqual([]);
  });

  it('uses every dependency that its package.json declares', () => {
    const used = new Set(imports.map(({ specifier }) => packageNameOf(specifier)));
    expect(dependencies.filter((dependency) => !used.has(dependency))).toEqual([]);
  });

  it('reaches no file of another package by path (its tests: but those of test/), and names real files with .js', () => {
    const sources = new Set(src.map((file) => file.path));
    const sourcesAndTests = new Set([...sources, ...test.map((file) => file.path), ...shared]);
    const strayFrom =
      (files: ReadonlySet<string>) =>
      ({ path, specifier }: { readonly path: string; readonly specifier: string }) =>
        isRelative(specifier) &&
        !(specifier.endsWith('.js') && files.has(resolveRelative(path, specifier)));
    const strays = [
      ...imports.filter(strayFrom(sources)),
      ...testImports.filter(strayFrom(sourcesAndTests)),
    ];
    expect(strays).toEqual([]);
  });

  it.runIf(folder.startsWith('packages/'))('imports no adapter of another package', () => {
    const adapters = [...imports, ...testImports].filter(
      ({ specifier }) =>
        workspaceNames.has(packageNameOf(specifier)) &&
        packageNameOf(specifier) !== name &&
        specifier !== packageNameOf(specifier),
    );
    expect(adapters).toEqual([]);
  });

  it.runIf(PURE.includes(name))('imports nothing of Node', () => {
    expect(imports.filter(({ specifier }) => isNode(specifier))).toEqual([]);
  });
});

describe('imports between files', () => {
  it('form no cycle, types included', () => {
    const roots = new Map(
      packages.flatMap(({ name, folder, exports }) =>
        Object.entries(exports).map(([subpath, target]): [string, string] => [
          `${name}${subpath.slice(1)}`,
          `${folder}${target.slice(1)}`,
        ]),
      ),
    );
    const graph = new Map(
      packages
        .flatMap(({ src, test }) => [...src, ...test])
        .map(({ path, specifiers }) => [
          path,
          specifiers.flatMap((specifier) =>
            isRelative(specifier) ? resolveRelative(path, specifier) : (roots.get(specifier) ?? []),
          ),
        ]),
    );
    expect(findCycle(graph)).toBeUndefined();
  });

  it('are found in every form that the language has', () => {
    const text = [
      "import './side-effect.js';",
      "import type { A } from './type.js';",
      "import b, { c as d } from './named.js';",
      "import * as e from './star.js';",
      'import {',
      '  f,',
      "} from './lines.js';",
      "export { g } from './re-export.js';",
      "export * from './re-export-all.js';",
      "const h = await import('./dynamic.js');",
      "// import './comment.js';",
      "const text = 'import';",
    ].join('\n');
    expect(specifiersOf(text)).toEqual([
      './side-effect.js',
      './type.js',
      './named.js',
      './star.js',
      './lines.js',
      './re-export.js',
      './re-export-all.js',
      './dynamic.js',
    ]);
  });

  it('are found to be a cycle when they are one', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', ['d']],
      ['d', ['b']],
    ]);
    expect(findCycle(graph)).toEqual(['b', 'c', 'd', 'b']);
    expect(findCycle(new Map([['a', ['b']]]))).toBeUndefined();
  });
});
