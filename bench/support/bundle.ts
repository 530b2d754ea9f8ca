/** Bundles the children the way the program is bundled, so that what is measured is what ships. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE } from './child.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export async function bundleChildren(): Promise<void> {
  const children = readdirSync(`${ROOT}bench/children`).filter((name) => name.endsWith('.ts'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: {
      ...Object.fromEntries(children.map((c) => [basename(c, '.ts'), `bench/children/${c}`])),
      'journal-writer': 'packages/journal/src/sqlite/writer-thread.ts',
      'fabro-spawner': 'packages/process/src/spawner/main.ts',
    },
    outdir: BUNDLE,
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    external: ['@photostructure/sqlite', '@lydell/*', '@vscode/ripgrep'],
    sourcemap: 'linked',
    logLevel: 'error',
  });
}
