/** `npm run bench`: prepares the clone, then measures (`-- --check` for the count gates only). */
import { ensureBuilt, ensureInstalled } from './prepare.mjs';
import { endLike, reportFailure, runNode } from './run.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  endLike(await runNode(['--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)]));
} catch (error) {
  reportFailure(error);
}
