/** The flags and settings of the server process, resolved to what it needs. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MODEL_NAMES } from '@fabro/models';
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
  /** What runs have that name no model or provider, nor do their settings or graph. */
  readonly runDefaults: RunDefaults;
}

interface RunDefaults {
  readonly model?: string;
  readonly provider?: string;
}

/** Throws FabroError `invalid_argument` or `invalid_settings`. */
export function serverOptions(argv: readonly string[], env: Env, cwd: string): ServerOptions {
  const flags = readFlags(argv);
  const path = flags.config === undefined ? settingsPath(env, cwd) : resolve(cwd, flags.config);
  if (flags.config !== undefined && !existsSync(path))
    throw new FabroError('invalid_argument', `--config ${path}: there is no such file`);
  const layers = existsSync(path) ? [parseSettings(readFileSync(path, 'utf8'), path)] : [];
  const settings = mergeSettings(layers);
  const listen = listenAddress(env, settings, flags.bind);
  mustBeGuardedAsSet(settings, listen, path);
  const max = flags['max-concurrent-runs'];
  return {
    storageRoot:
      flags['storage-dir'] === undefined
        ? storageRoot(env, settings, cwd)
        : resolve(cwd, flags['storage-dir']),
    listen,
    settings,
    maxConcurrentRuns:
      max === undefined ? settings.server.scheduler.max_concurrent_runs : positive(max),
    runDefaults: runDefaults(flags),
  };
}

/** What no run could have is refused here, and not at each run. */
function runDefaults({ model, provider, sandbox }: ReturnType<typeof readFlags>): RunDefaults {
  if (sandbox !== undefined && sandbox !== 'local')
    throw new FabroError(
      'invalid_argument',
      `--sandbox ${sandbox}: this sandbox is not built yet; use local`,
    );
  const known = provider === undefined ? undefined : MODEL_NAMES.provider(provider);
  if (provider !== undefined && known === undefined)
    throw new FabroError(
      'invalid_argument',
      `--provider ${provider}: there is no such provider; use one of ${MODEL_NAMES.providers.join(', ')}`,
    );
  if (model !== undefined && known?.listsModels !== false && MODEL_NAMES.model(model) === undefined)
    throw new FabroError(
      'invalid_argument',
      `--model ${model}: there is no such model${suggestion(model)}; name its --provider if that is openai_compatible`,
    );
  return {
    ...(model === undefined ? {} : { model }),
    ...(provider === undefined ? {} : { provider }),
  };
}

function suggestion(model: string): string {
  const [near] = MODEL_NAMES.similarModels(model);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

/** What restricts who may come in is obeyed or refused, never passed over. */
function mustBeGuardedAsSet(settings: Settings, listen: ListenAddress, path: string): void {
  const { auth, ip_allowlist: allowlist } = settings.server;
  const refuse = (why: string): never => {
    throw new FabroError('invalid_settings', `${path}: ${why}`);
  };
  if (auth.methods.includes('github') && auth.github.allowed_usernames.length === 0)
    refuse(
      'server.auth.methods has "github", and nobody may sign in by it; list names in [server.auth.github] allowed_usernames, or take the method out.',
    );
  if (!auth.methods.includes('dev-token'))
    refuse(
      'server.auth.methods lacks "dev-token", which is the only method of this release; add it.',
    );
  if (allowlist.entries.length > 0 && listen.kind === 'tcp')
    refuse(
      'server.ip_allowlist is not built yet, and a server on a port would let in whom it keeps out; take it out and filter in front of the server, or listen on a socket.',
    );
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
        model: { type: 'string' },
        provider: { type: 'string' },
        sandbox: { type: 'string' },
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
