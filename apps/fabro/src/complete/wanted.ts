/** What may stand at the cursor of a command line, found by the declaration of the commands. Pure. */
import type { Argument, Command, Option } from 'commander';

/** Things that only the world knows. */
export type Source = 'workflows' | 'runs' | 'models' | 'providers' | 'files';

export interface Candidate {
  readonly value: string;
  /** A few words shown beside it; blank for none. */
  readonly about: string;
}

export interface Wanted {
  /** What the declaration itself says. */
  readonly candidates: readonly Candidate[];
  /** What has to be looked up beside it. */
  readonly sources: readonly Source[];
}

const BY_FLAG: Readonly<Record<string, readonly Source[]>> = {
  '--model': ['models'],
  '--provider': ['providers'],
  '--workflow': ['workflows'],
  '--goal-file': ['files'],
  '--config': ['files'],
  '--output': ['files'],
  '--storage-dir': ['files'],
  '--bind': ['files'],
  '--server': ['files'],
  '--run-id': ['runs'],
};
const BY_ARGUMENT: Readonly<Record<string, readonly Source[]>> = {
  workflow: ['workflows', 'files'],
  run: ['runs'],
  path: ['files'],
  dir: ['files'],
  src: ['runs', 'files'],
  dest: ['files'],
};
const NOTHING: Wanted = { candidates: [], sources: [] };

/**
 * Reads the words before the cursor as the program would.
 * @param before words between `fabro` and the cursor.
 * @param current the word at the cursor up to it; may be empty.
 */
export function wantedAt(program: Command, before: readonly string[], current: string): Wanted {
  let at = program;
  let position = 0;
  let pending: Option | undefined;
  let onlyArguments = false;
  // Some shells part `--flag=value` into three words.
  for (const word of before.filter((each) => each !== '=')) {
    if (pending !== undefined) pending = undefined;
    else if (word === '--') onlyArguments = true;
    else if (word.startsWith('-') && !onlyArguments) pending = takesNext(at, word);
    else {
      const next = position === 0 ? subcommand(at, word) : undefined;
      if (next === undefined) position++;
      else at = next;
    }
  }
  if (pending !== undefined) return ofOption(pending);
  if (current.startsWith('-') && !onlyArguments) return ofFlag(at, current);
  // The words of `help` are those of the program.
  if (at.name() === 'help' && at.parent !== null) return ofHelp(program, before);
  const commands = position === 0 ? at.commands.filter((each) => !isHidden(each)) : [];
  const candidates = commands.map((each) => ({ value: each.name(), about: aboutOf(each) }));
  const argument = at.registeredArguments[position] ?? variadic(at.registeredArguments.at(-1));
  const rest = argument === undefined ? NOTHING : ofArgument(argument);
  return { candidates: [...candidates, ...rest.candidates], sources: rest.sources };
}

/** An option whose value is the next word. */
function takesNext(command: Command, word: string): Option | undefined {
  if (word.includes('=')) return undefined;
  const option = findOption(command, word);
  return option !== undefined && takesValue(option) ? option : undefined;
}

function findOption(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short }) => long === word || short === word);
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function subcommand(command: Command, word: string): Command | undefined {
  return command.commands.find((each) => each.name() === word);
}

function variadic(argument: Argument | undefined): Argument | undefined {
  return argument?.variadic === true ? argument : undefined;
}

function ofFlag(command: Command, current: string): Wanted {
  const [flag, value] = current.split('=', 2);
  const option = value === undefined ? undefined : findOption(command, flag ?? '');
  if (option !== undefined && takesValue(option)) {
    const { candidates, sources } = ofOption(option);
    const prefixed = candidates.map((each) => ({ ...each, value: `${flag}=${each.value}` }));
    return { candidates: prefixed, sources };
  }
  const shown = command.createHelp().visibleOptions(command);
  return {
    candidates: shown.flatMap(({ long, description }) =>
      long === undefined || long === null ? [] : [{ value: long, about: description }],
    ),
    sources: [],
  };
}

function ofOption(option: Option): Wanted {
  if (option.argChoices !== undefined) return choices(option.argChoices);
  return { candidates: [], sources: BY_FLAG[option.long ?? ''] ?? [] };
}

function ofArgument(argument: Argument): Wanted {
  if (argument.argChoices !== undefined) return choices(argument.argChoices);
  return { candidates: [], sources: BY_ARGUMENT[argument.name()] ?? [] };
}

function ofHelp(program: Command, before: readonly string[]): Wanted {
  let at: Command | undefined = program;
  for (const word of before.slice(before.indexOf('help') + 1))
    at = at === undefined || word.startsWith('-') ? at : subcommand(at, word);
  const commands = (at?.commands ?? []).filter((each) => !isHidden(each));
  return {
    candidates: commands.map((each) => ({ value: each.name(), about: aboutOf(each) })),
    sources: [],
  };
}

function choices(values: readonly string[]): Wanted {
  return { candidates: values.map((value) => ({ value, about: '' })), sources: [] };
}

function aboutOf(command: Command): string {
  return command.createHelp().subcommandDescription(command);
}

function isHidden(command: Command): boolean {
  const parent = command.parent;
  return parent !== null && !parent.createHelp().visibleCommands(parent).includes(command);
}
