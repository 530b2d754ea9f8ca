/** The flags and settings of the server process, resolved to what it needs. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FabroError, messageOf } from '@fabro/protocol';
import {
  listenAddress,
  mergeSettings,
  parseSettings,
  settingsPath,
  storageRoot,
  type Env,
  type ListenAddress,
  type Settings,
} from '@fabro/settings';

export interface ServerOptions {
  readonly storageRoot: string;
  readonly listen: ListenAddress;
  readonly settings: Settings;
  readonly maxConcurrentRuns: number;
}

/** Throws FabroError `invalid_argument` or `invalid_settings`. */
export function serverOptions(argv: readonly string[], env: Env, cwd: string): ServerOptions {
  const flags = readFlags(argv);
  const path = flags.config === undefined ? settingsPath(env, cwd) : resolve(cwd, flags.config);
  if (flags.config !== undefined && !existsSync(path))
    throw new FabroError('invalid_argument', `--config ${path}: there is no such file`);
  const layers = existsSync(path) ? [parseSettings(readFileSync(path, 'utf8'), path)] : [];
  const settings = mergeSettings(layers);
  const max = flags['max-concurrent-runs'];
  return {
    storageRoot:
      flags['storage-dir'] === undefined
        ? storageRoot(env, settings, cwd)
        : resolve(cwd, flags['storage-dir']),
    listen: listenAddress(env, settings, flags.bind),
    settings,
    maxConcurrentRuns:
      max === undefined ? settings.server.scheduler.max_concurrent_runs : positive(max),
  };
}

function readFlags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        'storage-dir': { type: 'string' },
        bind: { type: 'string' },
        config: { type: 'string' },
        'max-concurrent-runs': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new FabroError('invalid_argument', messageOf(error), { cause: error });
  }
}

function positive(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new FabroError(
    'invalid_argument',
    `--max-concurrent-runs ${text}: expected an integer from 1 to 9999`,
  );
}
