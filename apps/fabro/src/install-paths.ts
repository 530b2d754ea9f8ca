/** Where this installation keeps what is not code; the same from the sources and from the bundle in `dist`. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Version of this program, from its package.json. */
export function programVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return z.looseObject({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** The folder of an example of the repository. */
export function examplePath(name: string): string {
  return fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
}

/** The folder of the programs that the repository's dependencies bring (`tsx`, `tsc`). */
export function toolsPath(): string {
  return fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url));
}

/** Arguments for this Node that start the server process. */
export function serverCommand(): readonly string[] {
  return import.meta.url.endsWith('.ts')
    ? [
        '--import',
        import.meta.resolve('tsx'),
        fileURLToPath(new URL('./server-main.ts', import.meta.url)),
      ]
    : [fileURLToPath(new URL('./server-main.js', import.meta.url))];
}
