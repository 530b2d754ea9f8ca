/**
 * What makes the engine's own git harmless whatever the repository says: settings that outrank every
 * configuration file, an environment without the user's configuration, and overrides for filter drivers.
 * Pure; nothing is run here.
 */
import { FabroError } from '@fabro/protocol';
import { MAX_FILTER_DRIVERS } from './limits.js';

/**
 * Settings given on every command line. Each outranks system, user, repository, worktree and included
 * configuration.
 */
const SAFE_SETTINGS: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'protocol.ext.allow=never',
  'maintenance.auto=0',
  'gc.auto=0',
  'commit.gpgsign=false',
  'tag.gpgsign=false',
  // Would start gpg for every commit that is shown.
  'log.showSignature=false',
  // Would start git inside submodules, under their own configuration.
  'submodule.recurse=false',
  // Messages are written and read as UTF-8 whatever the repository declares.
  'i18n.commitEncoding=UTF-8',
  'i18n.logOutputEncoding=UTF-8',
  'advice.addEmbeddedRepo=false',
];

/** Program and leading arguments of every command. */
export const SAFE_GIT: readonly [string, ...string[]] = [
  'git',
  '--no-pager',
  ...SAFE_SETTINGS.flatMap((setting) => ['-c', setting]),
];

/** Environment of every command. */
export const SAFE_ENV: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  // A caller that was itself started by git hands its settings down in these two.
  GIT_CONFIG_PARAMETERS: '',
  GIT_CONFIG_COUNT: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_PAGER: 'cat',
  GIT_EDITOR: ':',
  GIT_SEQUENCE_EDITOR: ':',
  // No transport at all: a partial clone would otherwise fetch missing objects with configured programs.
  GIT_ALLOW_PROTOCOL: '',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  // Error texts are matched, so they must not be translated.
  LC_ALL: 'C',
};

/** Added to commands that only read: they do not write a refreshed index back. */
export const READ_ONLY_ENV: Readonly<Record<string, string>> = { GIT_OPTIONAL_LOCKS: '0' };

/**
 * Added to commands that act in a worktree: git must not look for a repository above `dir`, and must act
 * on `dir` even when the repository's configuration names another tree.
 */
export function worktreeEnv(dir: string): Readonly<Record<string, string>> {
  const parent = dir.replace(/\/+[^/]*\/*$/, '');
  return { GIT_WORK_TREE: dir, GIT_CEILING_DIRECTORIES: parent === '' ? '/' : parent };
}

/** Names of the filter drivers among NUL-separated configuration entries (`key` or `key\nvalue`). */
export function filterDrivers(entries: string): readonly string[] {
  const names = new Set<string>();
  for (const entry of entries.split('\0')) {
    const key = entry.split('\n', 1)[0] ?? '';
    const name = /^filter\.(.+)\.[^.]+$/s.exec(key)?.[1];
    if (name !== undefined) names.add(name);
  }
  return [...names];
}

/**
 * The environment that turns the drivers into no-ops. It is handed over as numbered pairs, since a driver's
 * name may hold `=`, on which `-c` would split it at the wrong place.
 *
 * @throws FabroError `too_large` past `MAX_FILTER_DRIVERS`.
 */
export function filterOverrides(drivers: readonly string[]): Readonly<Record<string, string>> {
  if (drivers.length > MAX_FILTER_DRIVERS)
    throw new FabroError(
      'too_large',
      `The git configuration declares ${drivers.length} filter drivers; at most ${MAX_FILTER_DRIVERS} can be switched off. Remove the ones that are not used (git config --get-regexp '^filter').`,
    );
  const pairs = drivers.flatMap((name): readonly (readonly [string, string])[] => [
    [`filter.${name}.clean`, ''],
    [`filter.${name}.smudge`, ''],
    [`filter.${name}.process`, ''],
    [`filter.${name}.required`, 'false'],
  ]);
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(pairs.length) };
  for (const [index, [key, value]] of pairs.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return env;
}
