/** Commands about the server and this installation. */
import { type Command, Option } from 'commander';
import type { DoctorOptions } from '../commands/doctor.js';
import type { StartOptions, StatusOptions, StopOptions } from '../commands/server.js';
import type { ServerFlags } from '../connect/connect.js';
import type { DfOptions, PruneOptions } from '../commands/system.js';
import { type Declare, body, examples, exitCodes, integer, pairs, serverFlags } from './declare.js';
import { declareSystemLooks } from './inspect-commands.js';

/** Declares `server …`, `system …`, `doctor` and `version`. */
export function declareServerCommands(program: Command, declare: Declare): void {
  const server = program.command('server').description('Start, stop and look at the local server.');
  const start = startFlags(
    server
      .command('start')
      .description('Start the local server; commands that need it start it by themselves.'),
  ).option('--foreground', 'stay in this terminal; Ctrl-C stops the server');
  body<StartOptions>(declare, start, async (context, options) =>
    (await import('../commands/server.js')).serverStart(context, options),
  );
  examples(start, [
    ['fabro server start', 'in the background'],
    ['fabro server start --foreground', 'in this terminal; Ctrl-C stops it'],
    [
      'fabro server start --bind 127.0.0.1:3000 --max-concurrent-runs 8',
      'on a port, with more runs at once',
    ],
    [
      'fabro server start --model claude-sonnet-4-5',
      'with a model for runs that name none themselves',
    ],
  ]);
  const stop = storageFlag(
    server
      .command('stop')
      .description('Stop the local server; its runs go on when it is started again.'),
  );
  body<StopOptions>(declare, timeoutFlag(stop), async (context, options) =>
    (await import('../commands/server.js')).serverStop(context, options),
  );
  examples(stop, [['fabro server stop', 'wait up to ten seconds for it']]);
  exitCodes(stop, { 1: 'it does not run, or it failed' });
  const restart = startFlags(
    server.command('restart').description('Stop the local server if it runs, then start it.'),
  );
  body<StartOptions & StopOptions>(declare, timeoutFlag(restart), async (context, options) =>
    (await import('../commands/server.js')).serverRestart(context, options),
  );
  examples(restart, [['fabro server restart', 'after an upgrade, or with new settings']]);
  const status = storageFlag(
    server.command('status').description('Say whether the local server runs.'),
  );
  body<StatusOptions>(declare, status, async (context, options) =>
    (await import('../commands/server.js')).serverStatus(context, options),
  );
  examples(status, [['fabro server status', 'pid, address and version']]);
  exitCodes(status, { 0: 'it runs', 1: 'it does not run' });

  const system = program
    .command('system')
    .description('Look at the server: what it is, what it stores, what happens in it.');
  const df = serverFlags(
    system.command('df').description('Show what the storage root holds and how large it is.'),
  );
  body<DfOptions>(declare, df, async (context, options) =>
    (await import('../commands/system.js')).dfCommand(context, options),
  );
  examples(df, [
    ['fabro system df', 'sizes by kind, and what could be freed'],
    ['fabro system df -v', 'run by run, too, the largest first'],
  ]);
  declareSystemLooks(system, declare);
  const prune = serverFlags(
    system.command('prune').description('Delete old runs; without --yes only list them.'),
  )
    .option('--before <time>', 'created before this time (RFC 3339)')
    .option('--older-than <age>', 'older than this, like 24h or 7d (24h when nothing else filters)')
    .option('--workflow <name>', 'of this workflow')
    .option('--label <key=value>', 'with this label', pairs)
    .addOption(new Option('--orphans', 'accepted; no data lies outside of a run').hideHelp())
    .option('--yes', 'delete them');
  body<PruneOptions>(declare, prune, async (context, options) =>
    (await import('../commands/system.js')).pruneCommand(context, options),
  );
  examples(prune, [
    ['fabro system prune', 'list the ended runs that are older than a day'],
    ['fabro system prune --older-than 7d --yes', 'delete those that are older than a week'],
    [
      'fabro system prune --workflow hello --label team=web',
      'list those of a workflow with a label',
    ],
  ]);

  const doctor = serverFlags(
    program.command('doctor').description('Check that this machine has what a run needs.'),
  );
  body<DoctorOptions>(declare, doctor, async (context, options) =>
    (await import('../commands/doctor.js')).doctorCommand(context, options),
  );
  examples(doctor, [['fabro doctor', 'every check, with the remedy of those that fail']]);
  exitCodes(doctor, { 0: 'no check failed; there may be warnings', 1: 'a check failed' });
  const version = serverFlags(program.command('version')).description(
    'Print the version of this program, and of the server when one runs.',
  );
  body<ServerFlags>(declare, version, async (context, options) =>
    (await import('../commands/version.js')).versionCommand(context, options),
  );
  examples(version, [['fabro version --json', 'as JSON, with the version of Node']]);
}

function storageFlag(command: Command): Command {
  return command.option('--storage-dir <dir>', 'storage root (FABRO_STORAGE_DIR)');
}

function timeoutFlag(command: Command): Command {
  return command.option('--timeout <seconds>', 'end it by force after so long', integer(0), 10);
}

function startFlags(command: Command): Command {
  return storageFlag(command)
    .option('--bind <address>', 'socket path, or host:port (port 3000 if left out)')
    .option('--config <path>', 'settings file (FABRO_CONFIG)')
    .option('--max-concurrent-runs <count>', 'runs under way at once', integer(1))
    .option('--model <model>', 'model of runs that name none')
    .option('--provider <provider>', 'provider of that model')
    .option('--sandbox <provider>', 'sandbox of runs that name none (only local is built)');
}
