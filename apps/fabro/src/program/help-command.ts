/** `fabro help COMMAND`, and what is said of a word that is no command. */
import type { Command } from 'commander';
import { examples, globalFlags } from './declare.js';

/** Declares `help`, for commands of commands too: `fabro help server start`. */
export function declareHelp(program: Command): void {
  const help = program
    .command('help')
    .description('Show what a command does, its flags and examples.')
    .argument('[command...]', 'words of the command; none for the list of all commands')
    .action(async (words: readonly string[]) => {
      let shown = program;
      for (const word of words) {
        const next = shown.commands.find((command) => command.name() === word);
        if (next === undefined) return program.error(await unknownWord(shown, word));
        shown = next;
      }
      shown.outputHelp();
    });
  globalFlags(help);
  examples(help, [
    ['fabro help run', 'the page of a command'],
    ['fabro help server start', 'the page of a command of a group'],
  ]);
}

/** The message for a word or flag that `command` does not know, with what is meant when that can be told. */
export async function unknownWord(command: Command, word: string): Promise<string> {
  const isFlag = word.startsWith('-');
  const { didYouMean } = await import('../manifest/similar.js');
  const known = isFlag
    ? command.options.flatMap(({ short, long }) => [short, long])
    : command.commands.map((each) => each.name());
  const guess = didYouMean(
    word,
    known.filter((name) => name !== undefined),
  );
  const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
  return `error: unknown ${isFlag ? 'option' : 'command'} '${word}'${hint}`;
}
