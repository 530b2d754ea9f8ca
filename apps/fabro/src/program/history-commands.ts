/** Commands about a run's past: its checkpoints, and putting it away. */
import type { Command } from 'commander';
import type { ForkOptions } from '../commands/fork.js';
import type { ServerFlags } from '../connect/connect.js';
import { type Declare, body, examples, exitCodes, serverFlags, word, wordList } from './declare.js';
import { RUN } from './run-commands.js';

const TARGET = '@ordinal, node@visit, or node for its latest visit (--list shows them)';

/** Declares `fork`, `rewind`, `archive` and `unarchive`. */
export function declareHistoryCommands(program: Command, declare: Declare): void {
  const fork = targeted(
    program
      .command('fork')
      .description('Make a new run that stands at a checkpoint of another, the latest by default.'),
  );
  body<ForkOptions>(declare, fork, async (context, options, words) =>
    (await import('../commands/fork.js')).forkCommand(
      context,
      word(words),
      optionalWord(words[1]),
      options,
    ),
  );
  examples(fork, [
    ['fabro fork --list hello', 'show the checkpoints of the newest run of the workflow hello'],
    ['fabro fork hello', 'a new run from its latest checkpoint'],
    ['fabro fork 01JNQVR7 review@2', 'from the second visit of the node review'],
  ]);

  const rewind = targeted(
    program
      .command('rewind')
      .description(
        'Go back to a checkpoint of an ended run: it is forked there and archived; without a target the checkpoints are listed.',
      ),
  );
  body<ForkOptions>(declare, rewind, async (context, options, words) =>
    (await import('../commands/fork.js')).rewindCommand(
      context,
      word(words),
      optionalWord(words[1]),
      options,
    ),
  );
  examples(rewind, [
    ['fabro rewind hello', 'show the checkpoints'],
    ['fabro rewind hello @3', 'go back to the third checkpoint; `fabro resume` goes on from there'],
  ]);

  for (const [action, description] of [
    ['archive', 'Hide ended runs from lists and keep them from changing.'],
    ['unarchive', 'Bring archived runs back.'],
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
    examples(command, [
      [`fabro ${action} hello`, 'the newest run of the workflow hello'],
      [`fabro ${action} 01JNQVR7 01JNQVR9`, 'two runs by the beginnings of their ids'],
    ]);
    exitCodes(command, { 1: `some run could not be ${action}d` });
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
