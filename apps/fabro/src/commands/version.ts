/** `fabro version`. */
import { type Context, printJson, printLines } from '../context.js';
import { programVersion } from '../install-paths.js';

/** Prints the version of this program. */
export async function versionCommand(context: Context): Promise<number> {
  const version = programVersion();
  if (context.json) printJson(context.io, { version, node: process.versions.node });
  else printLines(context.io, [`fabro ${version}`]);
  return 0;
}
