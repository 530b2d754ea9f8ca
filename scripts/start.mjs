/** `npm start`: prepares the clone, then shows a workflow repairing a real repository. */
import { ensureBuilt, ensureInstalled } from './prepare.mjs';
import { endLike, reportFailure, runNode } from './run.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  endLike(await runNode(['apps/fabro/bin/fabro.js', 'demo', ...process.argv.slice(2)]));
} catch (error) {
  reportFailure(error);
}
