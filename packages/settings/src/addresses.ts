/** Where the server listens and stores, and where the command line finds it. Pure over the environment given. */
import { isAbsolute, join, resolve } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { resolveEnvTemplates } from './environment.js';
import type { Env } from './environment.js';
import type { SettingsTables } from './schema/tables.js';

/** Port of `--bind HOST` (decision 3). */
const DEFAULT_PORT = 3000;
const MAX_PORT = 65_535;

export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export type ServerAddress =
  | { readonly kind: 'unix'; readonly path: string }
  /** No trailing slash. */
  | { readonly kind: 'http'; readonly url: string };

/** The part of the settings that addresses depend on; `Settings` and a single file's tables both fit. */
export type AddressSettings = Pick<SettingsTables, 'server' | 'cli'>;

/** The folder of Fabro's own files: `~/.fabro`. Throws `invalid_settings` when there is no home directory. */
export function fabroHome(env: Env): string {
  return join(homeOf(env), '.fabro');
}

/** The user's settings file: FABRO_CONFIG, else `~/.fabro/settings.toml`. It need not exist. */
export function settingsPath(env: Env, cwd = '/'): string {
  const given = nonEmpty(env['FABRO_CONFIG']);
  return given === undefined
    ? join(fabroHome(env), 'settings.toml')
    : resolve(cwd, expandHome(given, env));
}

/** The storage root: FABRO_STORAGE_DIR, else `[server.storage] root`, else `~/.fabro/storage`. Absolute. */
export function storageRoot(env: Env, settings: AddressSettings = {}, cwd = '/'): string {
  const given =
    nonEmpty(env['FABRO_STORAGE_DIR']) ??
    settled(settings.server?.storage?.root, env, 'server.storage.root');
  return given === undefined
    ? join(fabroHome(env), 'storage')
    : resolve(cwd, expandHome(given, env));
}

/**
 * Where a server listens: `bind` (the flag), else `[server.listen]`, else the socket `~/.fabro/fabro.sock`.
 * @throws FabroError `invalid_argument` for a flag, `invalid_settings` for a setting, that is no address.
 */
export function listenAddress(
  env: Env,
  settings: AddressSettings = {},
  bind?: string,
): ListenAddress {
  if (bind !== undefined) return parseBind(bind, env);
  const listen = settings.server?.listen;
  if (listen === undefined) return { kind: 'unix', path: join(fabroHome(env), 'fabro.sock') };
  if (listen.type === 'unix') {
    const path = expandHome(resolveEnvTemplates(listen.path, env, 'server.listen.path'), env);
    if (isAbsolute(path)) return { kind: 'unix', path };
    throw new FabroError(
      'invalid_settings',
      `server.listen.path is "${path}"; give an absolute path.`,
    );
  }
  const address = resolveEnvTemplates(listen.address, env, 'server.listen.address');
  try {
    return parseBind(address, env);
  } catch (cause) {
    if (!(cause instanceof FabroError)) throw cause;
    throw new FabroError('invalid_settings', `server.listen.address: ${cause.message}`, { cause });
  }
}

/**
 * Where a client finds its server: FABRO_SERVER, else `[cli.target]`, else where the local server listens.
 * @throws FabroError `invalid_argument` or `invalid_settings` for what is neither a URL nor a socket path.
 */
export function serverAddress(env: Env, settings: AddressSettings = {}): ServerAddress {
  const given = nonEmpty(env['FABRO_SERVER']);
  if (given !== undefined) return parseServer(given, env);
  const target = settings.cli?.target;
  if (target !== undefined)
    return target.type === 'http'
      ? parseServer(resolveEnvTemplates(target.url, env, 'cli.target.url'), env)
      : {
          kind: 'unix',
          path: expandHome(resolveEnvTemplates(target.path, env, 'cli.target.path'), env),
        };
  const listen = listenAddress(env, settings);
  return listen.kind === 'unix' ? listen : { kind: 'http', url: httpUrl(listen) };
}

/** Reads `--server` or FABRO_SERVER: an http(s) URL, `unix:/path`, or an absolute path of a socket. */
export function parseServer(text: string, env: Env = {}): ServerAddress {
  const path = socketPath(text, env);
  if (path !== undefined) return { kind: 'unix', path };
  if (/^https?:\/\//i.test(text) && URL.canParse(text))
    return { kind: 'http', url: text.replace(/\/+$/, '') };
  throw new FabroError(
    'invalid_argument',
    `"${text}" is no server address; give http://host:port, https://host, unix:/path or an absolute path of a socket.`,
  );
}

/**
 * Reads `--bind`: `host`, `host:port`, `[ipv6]:port`, `unix:/path` or an absolute path. A host alone means
 * port 3000 (decision 3); port 0 lets the system choose.
 */
export function parseBind(text: string, env: Env = {}): ListenAddress {
  const path = socketPath(text, env);
  if (path !== undefined) return { kind: 'unix', path };
  const match =
    /^(?:\[([0-9a-f:.%]+)\]|([a-z0-9._-]*[a-z_-][a-z0-9._-]*|\d+(?:\.\d+){3}))(?::(\d{1,5}))?$/i.exec(
      text,
    );
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (host !== undefined && port <= MAX_PORT) return { kind: 'tcp', host, port };
  throw new FabroError(
    'invalid_argument',
    `"${text}" is no address to listen on; give host, host:port (0 to ${MAX_PORT}), [ipv6]:port, unix:/path or an absolute path.`,
  );
}

/** `http://host:port` of a TCP address. */
export function httpUrl(address: Extract<ListenAddress, { kind: 'tcp' }>): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `http://${host}:${address.port}`;
}

function socketPath(text: string, env: Env): string | undefined {
  const path = expandHome(
    text.startsWith('unix:') ? text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '') : text,
    env,
  );
  return isAbsolute(path) ? path : undefined;
}

function settled(value: string | undefined, env: Env, place: string): string | undefined {
  return value === undefined ? undefined : nonEmpty(resolveEnvTemplates(value, env, place));
}

function expandHome(path: string, env: Env): string {
  return path === '~' || path.startsWith('~/') ? join(homeOf(env), path.slice(1)) : path;
}

function homeOf(env: Env): string {
  const home = nonEmpty(env['HOME']) ?? nonEmpty(env['USERPROFILE']);
  if (home !== undefined) return home;
  throw new FabroError(
    'invalid_settings',
    'HOME is not set, so ~/.fabro has no place. Set HOME, or FABRO_STORAGE_DIR and --bind.',
  );
}

const nonEmpty = (value: string | undefined) => (value === '' ? undefined : value);
