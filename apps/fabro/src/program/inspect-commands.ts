/** Commands that look at what runs left behind, and at what they would need. */
import { type Command, Option } from 'commander';
import type { ArtifactOptions, CopyOptions } from '../commands/artifact.js';
import type { DiffOptions } from '../commands/diff.js';
import type { DumpOptions } from '../commands/dump/dump.js';
import type { PreflightOptions } from '../commands/preflight.js';
import type { SystemEventsOptions } from '../commands/system-events.js';
import type { ServerFlags } from '../connect/connect.js';
import {
  type Declare,
  body,
  examples,
  exitCodes,
  integer,
  pairs,
  serverFlags,
  word,
} from './declare.js';
import { RUN, declareLogs } from './run-commands.js';

/** Declares `dump`, `diff`, `artifact …`, `events` and `preflight`. */
export function declareInspectCommands(program: Command, declare: Declare): void {
  const dump = program
    .command('dump')
    .description('Write all that is known about a run into a folder.')
    .argument('<run>', RUN);
  serverFlags(dump).requiredOption('-o, --output <dir>', 'an empty or a new folder');
  body<DumpOptions>(declare, dump, async (context, options, words) =>
    (await import('../commands/dump/dump.js')).dumpCommand(context, word(words), options),
  );

  examples(dump, [
    ['fabro dump hello -o hello-run', 'into a new folder, for a report or a colleague'],
  ]);

  const diff = program
    .command('diff')
    .description('Show what a run changed, or the latest stage of a node.')
    .argument('<run>', RUN);
  serverFlags(diff).option('--node <id>', 'only what this node changed');
  body<DiffOptions>(declare, diff, async (context, options, words) =>
    (await import('../commands/diff.js')).diffCommand(context, word(words), options),
  );

  examples(diff, [
    ['fabro diff hello', 'what the newest run of the workflow hello changed'],
    ['fabro diff 01JNQVR7 --node fix', 'what the node fix changed'],
  ]);

  const artifact = program
    .command('artifact')
    .description('List and copy the files that stages left behind.');
  const list = artifact
    .command('list')
    .description('List the files that a run has kept.')
    .argument('<run>', RUN);
  body<ArtifactOptions>(declare, artifactFlags(list), async (context, options, words) =>
    (await import('../commands/artifact.js')).listCommand(context, word(words), options),
  );
  examples(list, [
    ['fabro artifact list hello', 'files that stages left behind'],
    ['fabro artifact list hello --node test', 'those of one node'],
  ]);
  const copy = artifact
    .command('cp')
    .description('Copy one kept file, or all.')
    .argument('<source>', 'a run, or run:path for one artifact')
    .argument('[destination]', 'a folder, or a name for the one artifact', '.');
  artifactFlags(copy).option('--tree', 'keep stage, attempt and path as folders');
  body<CopyOptions>(declare, copy, async (context, options, words) =>
    (await import('../commands/artifact.js')).copyCommand(
      context,
      word(words),
      word(words, 1),
      options,
    ),
  );

  examples(copy, [
    ['fabro artifact cp hello reports', 'all of them into a folder'],
    ['fabro artifact cp hello:out/report.txt .', 'one of them'],
  ]);

  const events = program
    .command('events')
    .description('Show the events of a run; the same as `fabro logs`.');
  declareLogs(events, declare);
  examples(events, [['fabro events hello -f', 'the same as `fabro logs -f`']]);

  const preflight = program
    .command('preflight')
    .description('Check what a run would need; nothing is created.')
    .argument('<workflow>', 'path of a .fabro or .toml file, or the name of a workflow');
  serverFlags(preflight)
    .addOption(
      new Option('--goal <text>', 'replaces the goal of the workflow').conflicts('goalFile'),
    )
    .option('--goal-file <path>', 'reads the goal from a file')
    .option('--input <key=value>', 'sets an input of the workflow (a TOML value)', pairs)
    .option('--model <name>', 'model of stages that name none')
    .option('--provider <name>', 'provider of the model')
    .option('--sandbox <provider>', 'where stages would run');
  body<PreflightOptions>(declare, preflight, async (context, options, words) =>
    (await import('../commands/preflight.js')).preflightCommand(context, word(words), options),
  );
  examples(preflight, [
    ['fabro preflight hello.fabro', 'is there a model, a key and a sandbox for it?'],
  ]);
  exitCodes(preflight, { 1: 'something is missing' });
}

/** Declares `system info` and `system events`. */
export function declareSystemLooks(system: Command, declare: Declare): void {
  const info = serverFlags(
    system.command('info').description('Show version, uptime and counts of the server.'),
  );
  body<ServerFlags>(declare, info, async (context, options) =>
    (await import('../commands/system-events.js')).infoCommand(context, options),
  );
  examples(info, [['fabro system info', 'version, uptime and counts of the server']]);
  const events = serverFlags(
    system
      .command('events')
      .description('Show the events of all runs, or of several, as they happen.'),
  ).option('--run-id <run...>', 'only of these runs (id, prefix or workflow name)');
  body<SystemEventsOptions>(declare, events, async (context, options) =>
    (await import('../commands/system-events.js')).eventsCommand(context, options),
  );
  examples(events, [
    ['fabro system events', 'what happens in all runs'],
    ['fabro system events --run-id 01JNQVR7 --run-id 01JNQVR9', 'in two of them'],
  ]);
}

function artifactFlags(command: Command): Command {
  return serverFlags(command)
    .option('--node <id>', 'only of this node')
    .option('--retry <attempt>', 'only of this attempt, from 1', integer(0));
}
