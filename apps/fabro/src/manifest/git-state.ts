/** What git says about the caller's directory. Only looks; runs no hook and no fsmonitor. */
import { FabroError, type RunManifest } from '@fabro/protocol';
import type { World } from '../io.js';

export type GitState = NonNullable<RunManifest['git']>;

/** Undefined outside of a repository, and where git is not installed: the server decides what that means. */
export async function gitState(
  world: Pick<World, 'runProgram'>,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GitState | undefined> {
  const git = async (...args: string[]) => {
    const result = await world.runProgram(
      'git',
      ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args],
      { cwd, env: { ...env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' } },
    );
    return result.code === 0 ? result.stdout.trim() : undefined;
  };
  try {
    if ((await git('rev-parse', '--is-inside-work-tree')) !== 'true') return undefined;
  } catch (error) {
    if (error instanceof FabroError && error.code === 'missing_program') return undefined;
    throw error;
  }
  const [sha, branch, origin, status] = await Promise.all([
    git('rev-parse', '--verify', '--quiet', 'HEAD'),
    git('symbolic-ref', '--quiet', '--short', 'HEAD'),
    git('config', '--get', 'remote.origin.url'),
    git('status', '--porcelain', '--ignore-submodules=dirty'),
  ]);
  return {
    ...(origin ? { origin_url: withoutCredentials(origin) } : {}),
    ...(branch ? { branch } : {}),
    ...(sha ? { sha } : {}),
    ...(status === undefined ? {} : { clean: status === '' }),
    dirty: status === undefined ? 'unknown' : status === '' ? 'clean' : 'dirty',
  };
}

/** A remote URL without user and password: what is put into a manifest is stored and shown. */
export function withoutCredentials(url: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return url;
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
