/** Environment variables as values: templates that name them, and which ones may go where. */
import { FabroError } from '@fabro/protocol';
import type { JsonValue } from '@fabro/protocol';

/** Variables by name; `process.env` fits. */
export type Env = Readonly<Record<string, string | undefined>>;

const TEMPLATE = /\{\{\s*env\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/** The server's own secrets: no template may name them, no child process gets them. */
const SERVER_SECRETS: ReadonlySet<string> = new Set([
  'FABRO_DEV_TOKEN',
  'FABRO_VAULT_KEY',
  'SESSION_SECRET',
  'FABRIC_HARNESS_API_TOKEN',
]);

/** What programs need to work at all; everything else reaches a child only when settings name it. */
const CHILD_VARIABLES = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TERM',
  'TMPDIR',
] as const;

/**
 * Replaces `{{ env.NAME }}` in a text, or in every text inside a JSON value; other templates stay. Call it
 * when the value is used, not when it is read, so that a file may name variables that only some runs have.
 * @param env the variables that may be named here (`nameableEnv`).
 * @param place names the value in the error, for example `run.sandbox.env`; keys inside of it are added.
 * @throws FabroError `invalid_settings` for a variable that is not there.
 */
export function resolveEnvTemplates<T extends JsonValue>(value: T, env: Env, place?: string): T;
export function resolveEnvTemplates(value: JsonValue, env: Env, place?: string): JsonValue {
  const inner = (item: JsonValue, key: string | number) =>
    resolveEnvTemplates(item, env, place === undefined ? undefined : `${place}.${key}`);
  if (typeof value === 'string') return resolveText(value, env, place ?? 'a setting');
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item, key)]));
}

function resolveText(text: string, env: Env, place: string): string {
  return text.replace(TEMPLATE, (_, name: string) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined) return value;
    throw new FabroError(
      'invalid_settings',
      `${place} names {{ env.${name} }}, which is not set or may not be named here. ` +
        `Set ${name} in the server's environment; for runs from another host, list it in [server] env_allow too.`,
    );
  });
}

/**
 * The variables that a manifest may name (design 14): over the Unix socket every one but the server's own
 * secrets, from elsewhere only those in `server.env_allow`.
 */
export function nameableEnv(
  env: Env,
  from: { readonly local: boolean; readonly allow: readonly string[] },
): Env {
  const allowed = new Set(from.allow);
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !SERVER_SECRETS.has(name) && (from.local || allowed.has(name)),
    ),
  );
}

/** The environment of a child process: the few variables that every program needs, and what settings add. */
export function childEnv(
  env: Env,
  added: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const base = CHILD_VARIABLES.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(base), ...added };
}
