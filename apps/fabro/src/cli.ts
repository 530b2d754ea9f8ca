/** The program `fabro` as a function: arguments in, exit code out. Loads a command's code when it is called. */
import { CommanderError } from 'commander';
import type { Io } from './io.js';
import { createProgram } from './program/program.js';
import { truthy } from './truthy.js';

/** Exit code of a wrong flag or argument. */
const USAGE = 2;

/**
 * Runs one command line (without `node` and the script). Never rejects: failures are printed, and the
 * exit code says which kind it was (0 fine, 1 failed, 2 usage, 4 sign-in required, 130 detached by Ctrl-C).
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes('--json') || truthy(io.env['FABRO_JSON']);
  const debug = argv.includes('--debug') || truthy(io.env['FABRO_DEBUG']);
  let exitCode = 0;
  const program = createProgram(io, { json, finish: (code) => (exitCode = code) });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      const { reportError } = await import('./errors.js');
      const { outputSettings } = await import('./connect/output-settings.js');
      const asJson =
        json || (!io.env['FABRO_JSON'] && (await outputSettings(io)).format === 'json');
      return reportError(io, error, { json: asJson, debug });
    }
    if (error.exitCode === 0) return 0;
    if (json) {
      const { reportUsage } = await import('./errors.js');
      reportUsage(io, error);
    }
    return USAGE;
  }
}
