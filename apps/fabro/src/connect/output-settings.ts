/** `[cli.output]` of the user's settings: what flags and variables leave open. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingsTables } from '@fabro/settings';
import type { Context } from '../context.js';
import type { Io } from '../io.js';

type OutputTable = NonNullable<NonNullable<SettingsTables['cli']>['output']>;

/** The context as the user's settings complete it. A flag counts more than a variable, and both more than a file. */
export async function withOutputSettings(context: Context): Promise<Context> {
  const { env } = context.io;
  const isFormatOpen = !context.json && !env['FABRO_JSON'];
  const isVerbosityOpen =
    !context.quiet && !context.verbose && !env['FABRO_QUIET'] && !env['FABRO_VERBOSE'];
  if (!isFormatOpen && !isVerbosityOpen) return context;
  const { format, verbosity } = await outputSettings(context.io);
  return {
    ...context,
    ...(isFormatOpen && format === 'json' ? { json: true } : {}),
    ...(isVerbosityOpen && verbosity === 'quiet' ? { quiet: true } : {}),
    ...(isVerbosityOpen && verbosity === 'verbose' ? { verbose: true } : {}),
  };
}

/** What the file says of output; nothing when there is no file, or none that can be read. */
export async function outputSettings(io: Io): Promise<OutputTable> {
  // Most machines have no such file, and then no code for settings is loaded.
  if (!(await mayHaveSettings(io))) return {};
  const { userSettings } = await import('./settings.js');
  try {
    return (await userSettings(io))?.layer.settings.cli?.output ?? {};
  } catch {
    // The command that needs the file says what is wrong with it; `fabro version` does not need it.
    return {};
  }
}

async function mayHaveSettings(io: Io): Promise<boolean> {
  if (io.env['FABRO_CONFIG']) return true;
  const home = io.env['HOME'] || io.env['USERPROFILE'];
  if (!home) return false;
  return access(join(home, '.fabro', 'settings.toml')).then(
    () => true,
    // Not there, or out of reach.
    () => false,
  );
}
