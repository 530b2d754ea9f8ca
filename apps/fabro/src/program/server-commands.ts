/** Commands about the server and this installation. */
import { type Command, Option } from 'commander';
import type { DoctorOptions } from '../commands/doctor.js';
import type { StartOptions, StatusOptions, StopOptions } from '../commands/server.js';
import type { DfOptions, PruneOptions } from '../commands/system.js';
import { type Declare, body, integer, pairs, serverFlags } from './declare.js';

/** Declares `server …`, `system …`, `doctor` and `version`. */
export function declareServerCommands(program: Command, declare: Declare): void {
  const server = program.command('server').description('the local server');
  const start = startFlags(server.command('start').description('start it')).option(
    '--foreground',
    'stay in this terminal; Ctrl-C stops the server',
  );
  body<StartOptions>(declare, start, async (context, options) =>
    (await import('../commands/server.js')).serverStart(context, options),
  );
  const stop = storageFlag(
    server.command('stop').description('stop it; runs go on at its next start'),
  );
  body<StopOptions>(declare, timeoutFlag(stop), async (context, options) =>
    (await import('../commands/server.js')).serverStop(context, options),
  );
  const restart = startFlags(
    server.command('restart').description('stop it if it runs, then start it'),
  );
  body<StartOptions & StopOptions>(declare, timeoutFlag(restart), async (context, options) =>
    (await import('../commands/server.js')).serverRestart(context, options),
  );
  const status = storageFlag(
    server.command('status').description('say whether it runs (exit code 1 if not)'),
  );
  body<StatusOptions>(declare, status, async (context, options) =>
    (await import('../commands/server.js')).serverStatus(context, options),
  );

  const system = program.command('system').description('storage of the server');
  const df = serverFlags(system.command('df').description('disk usage'));
  body<DfOptions>(declare, df, async (context, options) =>
    (await import('../commands/system.js')).dfCommand(context, options),
  );
  const prune = serverFlags(
    system.command('prune').description('delete old runs; a preview unless --yes'),
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

  const doctor = serverFlags(program.command('doctor').description('check this machine'));
  body<DoctorOptions>(declare, doctor, async (context, options) =>
    (await import('../commands/doctor.js')).doctorCommand(context, options),
  );
  body(declare, program.command('version').description('print the version'), async (context) =>
    (await import('../commands/version.js')).versionCommand(context),
  );
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
    .option('--max-concurrent-runs <count>', 'runs under way at once', integer(1));
}
