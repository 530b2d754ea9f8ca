/**
 * `npm test [-- vitest arguments]`: prepares the clone and runs the tests. The last line of the output is
 * always `N passed, N failed, N skipped`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled } from './prepare.mjs';
import { reportFailure, runNode } from './run.mjs';

async function main() {
  await ensureInstalled();
  await ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'fabro-test-counts-'));
  try {
    const countsFile = join(folder, 'counts.json');
    const { code } = await runNode(
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=./scripts/count-reporter.mjs',
        ...process.argv.slice(2),
      ],
      { env: { ...process.env, FABRO_TEST_COUNTS: countsFile } },
    );
    return { code, counts: readCounts(countsFile) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCounts(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    process.stderr.write('vitest ended before it could count its tests.\n');
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

let ended;
try {
  ended = await main();
} catch (error) {
  reportFailure(error);
  ended = { code: 1, counts: { passed: 0, failed: 0, skipped: 0 } };
}
const { passed, skipped } = ended.counts;
// Vitest can fail without a failing test (no file found, a worker that crashed): that is a failure too.
const failed = ended.counts.failed > 0 || ended.code === 0 ? ended.counts.failed : 1;
process.exitCode = ended.code !== 0 ? ended.code : failed > 0 ? 1 : 0;
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
