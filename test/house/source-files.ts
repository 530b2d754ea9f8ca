/** Reads the repository's packages and what their files import, without the linter's help. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');

const PackageJson = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  exports: z.record(z.string(), z.string()).default({}),
});

export interface SourceFile {
  /** From the repository root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Every specifier of an import, export-from, `import()` or `require()`, types included. */
  readonly specifiers: readonly string[];
}

export interface Package {
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  readonly exports: Readonly<Record<string, string>>;
  readonly src: readonly SourceFile[];
  readonly test: readonly SourceFile[];
}

/** All packages and apps of the repository. */
export function readPackages(): readonly Package[] {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(ROOT, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => readPackage(`${parent}/${entry.name}`)),
  );
}

/** The files of `test/`, which is above all floors. */
export function readSharedTestFiles(): readonly SourceFile[] {
  return readFiles('test');
}

function readPackage(folder: string): Package {
  const json = PackageJson.parse(
    JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')),
  );
  return {
    folder,
    name: json.name,
    dependencies: Object.keys(json.dependencies),
    devDependencies: Object.keys(json.devDependencies),
    exports: json.exports,
    src: readFiles(`${folder}/src`),
    test: readFiles(`${folder}/test`),
  };
}

function readFiles(folder: string): readonly SourceFile[] {
  let entries;
  try {
    entries = readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true });
  } catch {
    // A package may have no tests of its own; its behaviour is then tested from `test/`.
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('/fixtures/'))
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      return { path, text, specifiers: specifiersOf(text) };
    });
}

const STATIC = /^\s*(?:import|export)\b(?:[\w*{}\s,$]*?\bfrom)?\s*['"]([^'"\n]+)['"]/gm;
const DYNAMIC = /\b(?:import|require)\(\s*['"]([^'"\n]+)['"]/g;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** What a module's text imports. Comments do not count. */
export function specifiersOf(text: string): readonly string[] {
  const code = text.replace(COMMENT, '');
  return [STATIC, DYNAMIC].flatMap((pattern) =>
    [...code.matchAll(pattern)].flatMap((match) => match[1] ?? []),
  );
}

/** The package that a bare specifier names: `@fabro/journal/sqlite` → `@fabro/journal`. */
export function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The source file that a relative import means, from the repository root. */
export function resolveRelative(from: string, specifier: string): string {
  return join(dirname(from), specifier).replaceAll('\\', '/').replace(/\.js$/, '.ts');
}
