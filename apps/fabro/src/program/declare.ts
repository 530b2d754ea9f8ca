/** The common part of declaring a command: flags that several have, and the way to its body. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withOutputSettings } from '../connect/output-settings.js';
import type { Context } from '../context.js';
import type { Io } from '../io.js';
import { truthy } from '../truthy.js';

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
  return command
    .option('--json', 'results as JSON on stdout')
    .option('--debug', 'show the chain of causes of a failure')
    .addOption(new Option('--quiet', 'no progress and no summaries').conflicts('verbose'))
    .option('-v, --verbose', 'more detail')
    .addOption(new Option('--no-upgrade-check', 'accepted; nothing is checked').hideHelp())
    .action(async () => {
      const words = command.processedArgs as Words;
      const context = await withOutputSettings(contextOf(io, command));
      // `fabro run start W --goal X`: the flags that both commands have are read by the outer one.
      finish(await run(context, command.optsWithGlobals<O & object>(), words));
    });
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
  return command
    .option('--server <address>', 'socket path or URL of the server (FABRO_SERVER)')
    .option('--storage-dir <dir>', 'storage root of the local server (FABRO_STORAGE_DIR)');
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

function contextOf(io: Io, command: Command): Context {
  const given = command.optsWithGlobals<Record<string, unknown>>();
  const quiet = given['quiet'] === true;
  const verbose = given['verbose'] === true;
  return {
    io,
    json: given['json'] === true || truthy(io.env['FABRO_JSON']),
    debug: given['debug'] === true || truthy(io.env['FABRO_DEBUG']),
    quiet: quiet || (!verbose && truthy(io.env['FABRO_QUIET'])),
    verbose: verbose || (!quiet && truthy(io.env['FABRO_VERBOSE'])),
  };
}
