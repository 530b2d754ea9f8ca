#!/usr/bin/env node
/** Starts the bundled program. The version is answered here, since a script may ask for it often. */
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';

const VERSION_WORDS = ['--version', '-V'];
const words = process.argv.slice(2);

if (words.length === 1 && VERSION_WORDS.includes(words[0])) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`fabro ${version}\n`);
} else if (await isBuilt()) {
  module.enableCompileCache?.();
  await import('../dist/main.js');
}

/** Builds in a clone that was never built. False when that failed; the reason is on stderr then. */
async function isBuilt() {
  const main = new URL('../dist/main.js', import.meta.url);
  if (existsSync(main)) return true;
  process.stderr.write('fabro is not built yet; building it now.\n');
  try {
    const { ensureBuilt, ensureInstalled } = await import('../../../scripts/prepare.mjs');
    await ensureInstalled();
    await ensureBuilt();
    if (existsSync(main)) return true;
    await ensureBuilt({ always: true });
    return true;
  } catch (error) {
    process.stderr.write(
      `${error?.name === 'SetupError' ? error.message : (error?.stack ?? error)}\n`,
    );
    process.exitCode = 1;
    return false;
  }
}
