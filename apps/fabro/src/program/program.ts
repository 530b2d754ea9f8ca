/** The whole command line as one declaration: every command, its help, and what is said of a wrong word. */
import { type Argument, Command, type Help, type Option } from 'commander';
import type { Io } from '../io.js';
import { colours, paintFor, plainPaint } from '../render/paint.js';
import { declareCommands } from './index.js';
import { examples, globalFlags } from './declare.js';
import { groupOf, inGroupOrder } from './groups.js';
import { declareHelp, unknownWord } from './help-command.js';

export interface ProgramOptions {
  /** Takes the exit code of the command that was called. */
  readonly finish: (exitCode: number) => void;
  /** Keeps usage mistakes off stderr: they are printed as JSON elsewhere. */
  readonly json: boolean;
}

const LINES_OF_OPTIONS = ['Options:', 'Server options:', 'Global options:'];

/** Declares the program on the outputs of `io`. Nothing is read or started before it parses. */
export function createProgram(io: Io, { finish, json }: ProgramOptions): Command {
  const program = new Command('fabro');
  program
    .description('Fabro runs workflows: graphs of agents, commands, human gates and branches.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => (json ? undefined : io.stderr.write(text)),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => paintFor(io.stdout, io.env) !== plainPaint,
      getErrHasColors: () => paintFor(io.stderr, io.env) !== plainPaint,
    })
    .configureHelp(HELP)
    // A flag before a command's name is the program's, one behind it the command's: `run start` keeps its own.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what is allowed)');
  declareCommands(program, { io, finish });
  declareHelp(program);
  for (const command of program.commands) {
    command.helpGroup(groupOf(command.name()));
    // `fabro help` is for commands of any depth.
    command.helpCommand(false);
    // A group of commands takes the flags that all have, as its commands do.
    if (command.commands.length > 0 && !isRunnable(command)) globalFlags(command);
  }
  globalFlags(program.option('-V, --version', 'print the version'));
  examples(program, [
    ['fabro run hello.fabro', 'run a workflow and watch it'],
    ['fabro ps -a', 'list the runs there are'],
    ['fabro help run', 'all that a command can do'],
  ]);
  // A word that is no command comes here with all that follows it: the word is refused by name, and not an
  // argument too many or a flag that its command would have had.
  return program
    .allowExcessArguments()
    .allowUnknownOption()
    .action(async (options: { readonly version?: boolean }) => {
      const [unknown] = program.args;
      if (unknown !== undefined) return program.error(await unknownWord(program, unknown));
      if (options.version !== true) return program.help({ error: true });
      const { programVersion } = await import('../install-paths.js');
      io.stdout.write(`fabro ${programVersion()}\n`);
    });
}

function isRunnable(command: Command): boolean {
  return command.options.some((option) => option.long === '--json');
}

const HELP: Partial<Help> = {
  // Commander takes the colours out again where the output has none.
  styleTitle: colours.bold,
  subcommandTerm: (command) =>
    [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
  subcommandDescription: (command) => summaryOf(command.description()),
  groupItems: <T extends Command | Option>(
    unsorted: T[],
    visible: T[],
    groupName: (item: T) => string,
  ): Map<string, T[]> => {
    const groups = new Map<string, T[]>();
    for (const item of [...unsorted, ...visible]) {
      if (!visible.includes(item)) continue;
      const group = groups.get(groupName(item)) ?? [];
      if (!group.includes(item)) groups.set(groupName(item), [...group, item]);
    }
    const rank = (name: string) => LINES_OF_OPTIONS.indexOf(name);
    return new Map(
      [...groups].toSorted(([a], [b]) => rank(a) - rank(b) || inGroupOrder(a) - inGroupOrder(b)),
    );
  },
};

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** What a list of commands shows: the first part of the sentence that its own page begins with. */
function summaryOf(text: string): string {
  return text.split(/[.;:](?:\s|$)/)[0] ?? '';
}
