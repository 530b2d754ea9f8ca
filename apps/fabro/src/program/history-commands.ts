/** Commands about a run's past: its checkpoints, and putting it away. */
import type { Command } from 'commander';
import type { ForkOptions } from '../commands/fork.js';
import type { ServerFlags } from '../connect/connect.js';
import { type Declare, body, serverFlags, word, wordList } from './declare.js';
import { RUN } from './run-commands.js';

const TARGET = '@ordinal, node@visit, or node for its latest visit (--list shows them)';

/** Declares `fork`, `rewind`, `archive` and `unarchive`. */
export function declareHistoryCommands(program: Command, declare: Declare): void {
  const fork = targeted(
    program
      .command('fork')
      .description('make a new run that stands at a checkpoint of another; the latest by default'),
  );
  body<ForkOptions>(declare, fork, async (context, options, words) =>
    (await import('../commands/fork.js')).forkCommand(
      context,
      word(words),
      optionalWord(words[1]),
      options,
    ),
  );

  const rewind = targeted(
    program
      .command('rewind')
      .description('fork an ended run at a checkpoint and archive it; lists them without a target'),
  );
  body<ForkOptions>(declare, rewind, async (context, options, words) =>
    (await import('../commands/fork.js')).rewindCommand(
      context,
      word(words),
      optionalWord(words[1]),
      options,
    ),
  );

  for (const [action, description] of [
    ['archive', 'hide ended runs from lists and keep them from changing'],
    ['unarchive', 'restore archived runs'],
  ] as const) {
    const command = program.command(action).description(description).argument('<run...>', RUN);
    body<ServerFlags>(declare, serverFlags(command), async (context, options, words) =>
      (await import('../commands/archive.js')).archiveCommand(
        context,
        action,
        wordList(words),
        options,
      ),
    );
  }
}

function targeted(command: Command): Command {
  return serverFlags(command.argument('<run>', RUN).argument('[target]', TARGET)).option(
    '--list',
    'show the checkpoints',
  );
}

function optionalWord(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
