/**
 * Bundles the program into apps/fabro/dist. All files lie flat in one folder, so that
 * `new URL('./journal-writer.js', import.meta.url)` finds its neighbour from any chunk.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './paths.mjs';

const DIST = join(ROOT, 'apps/fabro/dist');

/** Output name → source. */
const ENTRIES = {
  main: 'apps/fabro/src/main.ts',
  'server-main': 'apps/fabro/src/server-main.ts',
  'journal-writer': 'packages/journal/src/sqlite/writer-thread.ts',
  'fabro-spawner': 'packages/process/src/spawner/main.ts',
  'graph-worker': 'packages/server/src/graph/worker.ts',
};

/** Packages with native code, WASM or files beside their code. */
const EXTERNAL = [
  '@photostructure/sqlite',
  '@lydell/*',
  'dockerode',
  'ssh2',
  'cpu-features',
  '@vscode/ripgrep',
  'pg-native',
];

/** CommonJS inside the bundle asks for Node's modules by `require`, which ES modules do not have. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** A process of an earlier build may still load its chunks lazily; after this time they are removed. */
const KEEP_OLD_CHUNKS_MS = 24 * 60 * 60 * 1000;
const CHUNK = /-[A-Z0-9]{8}\.js(\.map)?$/;

/**
 * zod carries its messages in 50 languages, of which the program speaks one: it imports that one by itself.
 * The rest would be a third of all that a small command reads.
 * @type {import('esbuild').Plugin}
 */
const withoutLocales = {
  name: 'zod-without-locales',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: '' }));
  },
};

/**
 * Bundles every entry that exists. Rejects with a `SetupError` that shows esbuild's messages.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function build({ log = () => {} } = {}) {
  const [esbuild, { SetupError }] = await Promise.all([import('esbuild'), import('./prepare.mjs')]);
  const present = Object.entries(ENTRIES).filter(([name, source]) => {
    const exists = existsSync(join(ROOT, source));
    if (!exists) log(`skipped ${name}.js: ${source} does not exist`);
    return exists;
  });
  if (present.length === 0) return;
  let result;
  try {
    result = await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: Object.fromEntries(present),
      outdir: DIST,
      entryNames: '[name]',
      chunkNames: '[name]-[hash]',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      banner: { js: BANNER },
      external: EXTERNAL,
      plugins: [withoutLocales],
      sourcemap: 'linked',
      // Two copies of the sources in every install would help nobody: the repository has them.
      sourcesContent: false,
      // Half of a small command's time is reading source text.
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
      logLevel: 'silent',
      write: false,
    });
  } catch (error) {
    if (!Array.isArray(error?.errors)) throw error;
    const messages = await esbuild.formatMessages(error.errors, { kind: 'error' });
    throw new SetupError(`The sources do not compile:\n${messages.join('')}`, { cause: error });
  }
  for (const line of await esbuild.formatMessages(result.warnings, { kind: 'warning' })) log(line);
  publish(result.outputFiles, new Set(present.map(([name]) => `${name}.js`)));
  const bytes = result.outputFiles.reduce((sum, file) => sum + file.contents.byteLength, 0);
  log(
    `${present.length} entries, ${result.outputFiles.length} files, ${Math.round(bytes / 1024)} KB in ${relative(ROOT, DIST)}`,
  );
}

/** Replaces files one by one, chunks before the entries that name them: a process that starts meanwhile finds a whole set. */
function publish(files, entryFiles) {
  mkdirSync(DIST, { recursive: true });
  const isEntry = (file) => entryFiles.has(basename(file.path));
  const ordered = [...files.filter((file) => !isEntry(file)), ...files.filter(isEntry)];
  for (const { path, contents } of ordered) {
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, contents);
    renameSync(temporary, path);
  }
  const fresh = new Set(files.map((file) => basename(file.path)));
  for (const name of readdirSync(DIST)) {
    if (!CHUNK.test(name) || fresh.has(name)) continue;
    const path = join(DIST, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > KEEP_OLD_CHUNKS_MS) rmSync(path, { force: true });
  }
}

/** `npm run build`. Not awaited at the top level: `ensureBuilt` imports this module and would wait for it for ever. */
async function main() {
  const [{ ensureBuilt, ensureInstalled }, { reportFailure }] = await Promise.all([
    import('./prepare.mjs'),
    import('./run.mjs'),
  ]);
  try {
    await ensureInstalled();
    await ensureBuilt({ always: true });
  } catch (error) {
    reportFailure(error);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) void main();
