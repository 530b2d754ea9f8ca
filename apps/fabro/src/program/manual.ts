/** What a command's help says beyond its flags: examples, exit codes, environment. Pure. */
import type { Command } from 'commander';

/** A command line that works as it stands, and in a few words what it does. */
export type Example = readonly [line: string, what: string];

interface Page {
  examples: readonly Example[];
  exits: Readonly<Record<number, string>>;
}

const pages = new WeakMap<Command, Page>();

const EXITS = { 0: 'it worked', 1: 'it failed', 2: 'a wrong flag or argument' };
const SIGN_IN = { 4: 'the server asks for a token' };

/** Variables that stand for flags, by the flag's name. */
const VARIABLES: Readonly<Record<string, readonly [name: string, what: string]>> = {
  server: ['FABRO_SERVER', 'the same as --server'],
  storageDir: ['FABRO_STORAGE_DIR', 'the same as --storage-dir'],
  config: ['FABRO_CONFIG', 'the same as --config'],
};
const EVERYWHERE = [
  ['FABRO_JSON, FABRO_QUIET, FABRO_VERBOSE, FABRO_DEBUG, FABRO_NO_UPGRADE_CHECK', ''],
  ['', 'the flags of those names, when set to 1 or true'],
  ['NO_COLOR', 'no colours; FORCE_COLOR=1 gives colours to pipes too'],
] as const;
const TOKEN = ['FABRO_DEV_TOKEN', 'the token for the server'] as const;

/**
 * Adds examples to the help of a command. Each line begins with `fabro`, parses as it stands, and is copied by
 * readers: file names and run ids in it are plausible ones.
 */
export function examples(command: Command, lines: readonly Example[]): Command {
  pageOf(command).examples = lines;
  return command;
}

/** Says what exit codes mean for this command where it is more than the usual words. */
export function exitCodes(command: Command, codes: Readonly<Record<number, string>>): Command {
  pageOf(command).exits = codes;
  return command;
}

/** The examples of a command, as they were declared. */
export function examplesOf(command: Command): readonly Example[] {
  return pages.get(command)?.examples ?? [];
}

/** The last sections of a command's help. */
export function manualText(command: Command, title: (text: string) => string): string {
  const flags = new Set(command.options.map((option) => option.attributeName()));
  const talks = flags.has('server');
  const lines = examplesOf(command).flatMap(([line, what]) => [`  # ${what}`, `  ${line}`]);
  const exits = Object.entries({
    ...EXITS,
    ...(talks ? SIGN_IN : {}),
    ...pages.get(command)?.exits,
  });
  const variables = [
    ...Object.entries(VARIABLES).flatMap(([flag, words]) => (flags.has(flag) ? [words] : [])),
    ...(talks ? [TOKEN] : []),
    ...EVERYWHERE,
  ];
  return [
    ...(lines.length === 0 ? [] : ['', title('Examples:'), ...lines]),
    '',
    title('Exit codes:'),
    ...exits.map(([code, what]) => `  ${code.padEnd(4)} ${what}`),
    '',
    title('Environment:'),
    ...variables.map(([name, what]) => `  ${name.padEnd(18)} ${what}`.trimEnd()),
  ].join('\n');
}

function pageOf(command: Command): Page {
  const known = pages.get(command);
  if (known !== undefined) return known;
  const made: Page = { examples: [], exits: {} };
  pages.set(command, made);
  return made;
}
