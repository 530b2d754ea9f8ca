/** What is at a folder, seen without touching it. */
import { FabroError } from '@fabro/protocol';
import { type GitCall, type GitSandbox, runGit } from './command.js';
import { QUICK_OUTPUT_BYTES, TREE_TIMEOUT_MS } from './limits.js';
import { filterDrivers, filterOverrides } from './safety.js';

export interface ProbeRequest extends GitCall {
  readonly dir: string;
}

export interface Repository {
  /** Absolute root of the working tree that holds the folder. */
  readonly root: string;
  /** Absent before the first commit. */
  readonly headSha?: string;
  /** Absent when HEAD is detached. */
  readonly branch?: string;
  /** Anything changed, staged or untracked (ignored files do not count). */
  readonly dirty: boolean;
  /** URL of the remote `origin`, without a user name or password in it. */
  readonly originUrl?: string;
}

/** The oldest git that takes overrides by environment and can leave out the user's configuration. */
const OLDEST_GIT = [2, 32] as const;

/** See `Git.probe`. */
export async function probe(
  sandbox: GitSandbox,
  { dir, key, signal }: ProbeRequest,
): Promise<Repository | undefined> {
  const call = { key, signal, cwd: dir, readOnly: true };
  checkVersion((await runGit(sandbox, { ...call, step: 'version', args: ['version'] })).stdout);
  const top = await runGit(sandbox, {
    ...call,
    step: 'root',
    args: ['rev-parse', '--show-toplevel'],
    accept: [128],
  });
  if (top.exitCode !== 0) {
    if (/not a git repository|must be run in a work tree/i.test(top.stderr)) return undefined;
    if (/dubious ownership|unsafe repository/i.test(top.stderr))
      throw new FabroError(
        'forbidden',
        `The git repository of ${dir} belongs to another user, and git refuses it. Make it yours (chown -R), or run Fabro as its owner.`,
      );
    throw new FabroError('internal', `git cannot read the repository of ${dir}.\n${top.stderr}`);
  }
  const root = top.stdout.replace(/\n$/, '');
  const config = await runGit(sandbox, {
    ...call,
    step: 'config',
    args: ['config', '--null', '--get-regexp', '^(filter\\..*|remote\\.origin\\.url)$'],
    accept: [1],
  });
  const status = await runGit(sandbox, {
    ...call,
    step: 'status',
    cwd: root,
    env: filterOverrides(filterDrivers(config.stdout)),
    args: [
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--no-renames',
      '--untracked-files=normal',
      '--ignore-submodules=all',
    ],
    timeoutMs: TREE_TIMEOUT_MS,
    maxOutputBytes: QUICK_OUTPUT_BYTES,
    allowTruncated: true,
  });
  return { root, ...parseStatus(status.stdout), ...originOf(config.stdout) };
}

/** Reads `status --porcelain=v2 --branch -z`. */
export function parseStatus(text: string): Pick<Repository, 'headSha' | 'branch' | 'dirty'> {
  const records = text.split('\0').filter((record) => record !== '');
  const header = (name: string): string | undefined =>
    records.find((record) => record.startsWith(`# ${name} `))?.slice(name.length + 3);
  const oid = header('branch.oid');
  const head = header('branch.head');
  return {
    ...(oid === undefined || oid === '(initial)' ? {} : { headSha: oid }),
    ...(head === undefined || head === '(detached)' ? {} : { branch: head }),
    dirty: records.some((record) => !record.startsWith('# ')),
  };
}

function originOf(entries: string): Pick<Repository, 'originUrl'> {
  const entry = entries.split('\0').findLast((text) => text.startsWith('remote.origin.url\n'));
  if (entry === undefined) return {};
  return { originUrl: withoutCredentials(entry.slice('remote.origin.url\n'.length)) };
}

/** A URL's user name and password are cut for http(s); `git@host:path` names an account and stays. */
export function withoutCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^/]*@/i, '$1');
}

function checkVersion(text: string): void {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  const found = [Number(major), Number(minor)] as const;
  if (found[0] > OLDEST_GIT[0] || (found[0] === OLDEST_GIT[0] && found[1] >= OLDEST_GIT[1])) return;
  throw new FabroError(
    'missing_program',
    `${text.trim() || 'The git that answered'} is too old: ${OLDEST_GIT.join('.')} or newer is needed, since older ones cannot be kept from running what a repository configures. Update git.`,
  );
}
