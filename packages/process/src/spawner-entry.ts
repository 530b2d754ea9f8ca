/** Where the spawner's program lies: its source in development, a file beside the bundle when shipped. */
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface SpawnerEntry {
  readonly path: string;
  /** Arguments for Node itself. */
  readonly execArgv: readonly string[];
}

/** @param from `import.meta.url` of a module of this package, or of the bundle that contains it. */
export function spawnerEntry(from: string = import.meta.url): SpawnerEntry {
  if (!from.endsWith('.ts')) {
    return { path: fileURLToPath(new URL('./fabro-spawner.js', from)), execArgv: [] };
  }
  const tsx = pathToFileURL(createRequire(from).resolve('tsx')).href;
  return {
    path: fileURLToPath(new URL('./spawner/main.ts', from)),
    execArgv: ['--import', tsx],
  };
}
