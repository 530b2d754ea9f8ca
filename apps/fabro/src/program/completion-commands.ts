/** `completion` and the hidden command that its scripts call. */
import { Argument, type Command } from 'commander';
import type { Shell } from '../complete/shells.js';
import { type Declare, body, examples, word } from './declare.js';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish', 'powershell'];

/** Declares `completion` and `__complete`. */
export function declareCompletionCommands(program: Command, declare: Declare): void {
  const completion = program
    .command('completion')
    .description(
      'Print a script that lets your shell complete commands, flags, workflows, runs and models.',
    )
    .addArgument(new Argument('<shell>', 'the shell that is to read it').choices(SHELLS));
  body(declare, completion, async (context, _options, words) =>
    (await import('../commands/complete.js')).completionCommand(
      context,
      SHELLS.find((shell) => shell === word(words)) ?? 'bash',
    ),
  );
  examples(completion, [
    ['fabro completion bash', 'for ~/.bashrc: source <(fabro completion bash)'],
    ['fabro completion zsh', 'for ~/.zshrc, after compinit: source <(fabro completion zsh)'],
    ['fabro completion fish', 'to be saved as ~/.config/fish/completions/fabro.fish'],
    ['fabro completion powershell', 'for $PROFILE, to be piped to Out-String | Invoke-Expression'],
  ]);

  program
    .command('__complete', { hidden: true })
    .helpOption(false)
    .option('--word <text>', 'the word at the cursor', '')
    .argument('[words...]')
    .action(async (words: readonly string[], options: { readonly word: string }) =>
      (await import('../commands/complete.js')).completeCommand(
        declare.io,
        program,
        words,
        options.word,
      ),
    );
}
