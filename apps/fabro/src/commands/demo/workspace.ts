/** The fresh repository that the demonstration repairs, and the check of what came out. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { FabroError } from '@fabro/protocol';
import { toolsPath } from '../../install-paths.js';
import type { Io, ProgramResult } from '../../io.js';

export interface Workspace {
  /** Temporary folder; it is kept. */
  readonly folder: string;
  /** The repository in it. */
  readonly repository: string;
  /** Its first commit. */
  readonly base: string;
}

/** Copies the project into a new temporary folder and commits it there. */
export async function makeWorkspace(
  io: Io,
  project: string,
  signal: AbortSignal,
): Promise<Workspace> {
  const folder = await mkdtemp(join(io.env['TMPDIR'] || tmpdir(), 'fabro-demo-'));
  const repository = join(folder, 'project');
  await cp(project, repository, {
    recursive: true,
    filter: (path) => !path.endsWith('node_modules'),
  });
  await git(io, repository, ['init', '--quiet', '--initial-branch=main'], signal);
  await git(io, repository, ['add', '--all'], signal);
  await git(io, repository, ['commit', '--quiet', '--message', 'The project as it is'], signal);
  const base = await git(io, repository, ['rev-parse', 'HEAD'], signal);
  return { folder, repository, base: base.trim() };
}

/** Runs git without the user's and the machine's configuration, under a neutral name. */
export async function git(
  io: Io,
  cwd: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const env = {
    ...io.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Fabro Demo',
    GIT_AUTHOR_EMAIL: 'demo@fabro.invalid',
    GIT_COMMITTER_NAME: 'Fabro Demo',
    GIT_COMMITTER_EMAIL: 'demo@fabro.invalid',
  };
  const result = await io.world.runProgram('git', args, { cwd, env, signal });
  if (result.code === 0) return result.stdout;
  throw new FabroError(
    'internal',
    `git ${args.join(' ')} failed in ${cwd}: ${result.stderr.trim()}`,
  );
}

/** Runs the repository's own tests on a branch, in a fresh clone that is removed afterwards. */
export async function testBranch(
  io: Io,
  workspace: Workspace,
  branch: string,
  path: string,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const clone = join(workspace.folder, 'check');
  try {
    await git(
      io,
      workspace.folder,
      ['clone', '--quiet', '--branch', branch, workspace.repository, clone],
      signal,
    );
    return await io.world.runProgram('npm', ['test'], {
      cwd: clone,
      env: { ...io.env, PATH: path, FORCE_COLOR: '0' },
      signal,
    });
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
}

/** PATH with the programs of this installation first: the project calls `tsx` and `tsc` and installs nothing. */
export function pathWithTools(env: Io['env']): string {
  return [toolsPath(), env['PATH'] ?? ''].filter((part) => part !== '').join(delimiter);
}
