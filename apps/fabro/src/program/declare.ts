/** The common part of declaring a command: flags that several have, and the way to its body. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withOutputSettings } from '../connect/output-settings.js';
import type { Context } from '../context.js';
import type { Io } from '../io.js';
import { truthy } from '../truthy.js';
import { manualText } from './manual.js';

export { examples, exitCodes } from './manual.js';

const GLOBAL = 'Global options:';
const SERVER = 'Server options:';

/** What the groups of commands need to declare themselves. */
export interface Declare {
  readonly io: Io;
  /** Takes the exit code of the command that was called. */
  readonly finish: (exitCode: number) => void;
}

/** Arguments as declared: one or many words, absent when optional and not given. */
export type Words = readonly (string | readonly string[] | undefined)[];

/** Adds the global flags and the body; `O` is the shape that the declared flags give. */
export function body<O>(
  { io, finish }: Declare,
  command: Command,
  run: (context: Context, options: O, words: Words) => Promise<number>,
): Command {
  return globalFlags(command).action(async () => {
    const words = command.processedArgs as Words;
    const options = optionsOf<O & object>(command);
    const context = await withOutputSettings(contextOf(io, command, options));
    finish(await run(context, options, words));
  });
}

/** Adds the flags that every command has, and the last sections of its help. */
export function globalFlags(command: Command): Command {
  const flag = (flags: string, what: string) => new Option(flags, what).helpGroup(GLOBAL);
  return command
    .addOption(flag('--json', 'results as JSON on stdout'))
    .addOption(flag('--quiet', 'no progress and no summaries').conflicts('verbose'))
    .addOption(flag('-v, --verbose', 'more detail'))
    .addOption(flag('--debug', 'show the chain of causes of a failure'))
    .addOption(flag('--no-upgrade-check', 'accepted; nothing is checked').hideHelp())
    .addHelpOption(flag('-h, --help', 'show this help'))
    .addHelpText('after', () => manualText(command, command.createHelp().styleTitle));
}

/** The first argument, which the declaration requires. */
export function word(words: Words, index = 0): string {
  const value = words[index];
  return typeof value === 'string' ? value : '';
}

/** The arguments of a `<name...>` declaration. */
export function wordList(words: Words, index = 0): readonly string[] {
  const value = words[index];
  return typeof value === 'string' || value === undefined ? [] : value;
}

/** Flags of commands that talk to a server. */
export function serverFlags(command: Command): Command {
  const flag = (flags: string, what: string) => new Option(flags, what).helpGroup(SERVER);
  return command
    .addOption(flag('--server <address>', 'socket path or URL of the server (FABRO_SERVER)'))
    .addOption(flag('--storage-dir <dir>', 'storage root of the local server (FABRO_STORAGE_DIR)'));
}

/** Collects a flag that may be given several times. */
function many(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** `key=value`, several times. */
export function pairs(value: string, before: readonly string[] | undefined): readonly string[] {
  if (/^[^=]+=/.test(value)) return many(value, before);
  throw new InvalidArgumentError('Expected key=value.');
}

/** A whole number with a smallest value. */
export function integer(smallest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= smallest) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${smallest}.`);
  };
}

/**
 * Flags of the command and of those it is a part of (`fabro --json server status`): what is nearer counts, and
 * what was given counts more than a default.
 */
function optionsOf<O extends object>(command: Command): O {
  const line: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) line.unshift(at);
  const isDefault = (at: Command, name: string) => at.getOptionValueSource(name) === 'default';
  const pick = (defaults: boolean) =>
    line.flatMap((at) =>
      Object.entries(at.opts()).filter(([name]) => isDefault(at, name) === defaults),
    );
  return Object.fromEntries([...pick(true), ...pick(false)]) as O;
}

function contextOf(io: Io, command: Command, options: object): Context {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const quiet = given['quiet'] === true;
  const verbose = given['verbose'] === true;
  const quietByVariable = !verbose && truthy(io.env['FABRO_QUIET']);
  const verboseByVariable = !quiet && truthy(io.env['FABRO_VERBOSE']);
  if ((quiet && verbose) || (quietByVariable && verboseByVariable))
    command.error(
      'error: --quiet and --verbose (FABRO_QUIET, FABRO_VERBOSE) exclude each other; give one of the two',
    );
  return {
    io,
    json: given['json'] === true || truthy(io.env['FABRO_JSON']),
    debug: given['debug'] === true || truthy(io.env['FABRO_DEBUG']),
    quiet: quiet || quietByVariable,
    verbose: verbose || verboseByVariable,
  };
}
