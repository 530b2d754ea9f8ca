/** The program `fabro` as a function: arguments in, exit code out. Loads a command's code when it is called. */
import { Command, CommanderError } from 'commander';
import type { Io } from './io.js';
import { declareCommands } from './program/index.js';
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
  const program = new Command('fabro');
  let exitCode = 0;
  program
    .description('Fabro, a software factory: workflows of agents, commands and human gates.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => (json ? undefined : io.stderr.write(text)),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what is allowed)');
  declareCommands(program, { io, finish: (code) => (exitCode = code) });
  program
    .option('-V, --version', 'print the version')
    // A word that is no command comes here with all that follows it: the word is refused by name, and not an
    // argument too many or a flag that its command would have had.
    .allowExcessArguments()
    .allowUnknownOption()
    .action(async (options: { readonly version?: boolean }) => {
      const [unknown] = program.args;
      if (unknown?.startsWith('-') === true)
        return program.error(`error: unknown option '${unknown}'`);
      if (unknown !== undefined) {
        const { didYouMean } = await import('./manifest/similar.js');
        const guess = didYouMean(
          unknown,
          program.commands.map((command) => command.name()),
        );
        return program.error(
          `error: unknown command '${unknown}'${guess === undefined ? '' : `; did you mean '${guess}'?`}`,
        );
      }
      if (options.version !== true) return program.help({ error: true });
      const { programVersion } = await import('./install-paths.js');
      io.stdout.write(`fabro ${programVersion()}\n`);
    });
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
