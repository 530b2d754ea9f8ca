/** Where a run works: its folder in the storage root, its worktree, and git as the engine's checkpoints. */
import { join } from 'node:path';
import type { Git } from '@fabro/git';
import type { Checkpoints } from '@fabro/engine';
import { isoTime, type FrameId, type RunId } from '@fabro/protocol';
import type { ExecRequest, Sandbox } from '@fabro/sandbox';
import type { Plan } from './manifest/plan.js';

/** A run's folder: named by the day of its creation, so that people find it. */
export function runDirectory(storageRoot: string, run: RunId, createdAtMs: number): string {
  return join(
    storageRoot,
    'scratch',
    `${isoTime(createdAtMs).slice(0, 10).replaceAll('-', '')}-${run}`,
  );
}

export function runBranch(run: RunId): string {
  return `fabro/run/${run}`;
}

/** The git branch of a frame; frames nest, names of git branches may not. */
export function frameBranch(run: RunId, frame: FrameId): string {
  const parts = frame.split('/').slice(1);
  // A child workflow works in the worktree of the frame that runs it.
  while (parts.at(-1)?.endsWith(':child') === true) parts.pop();
  if (parts.length === 0) return runBranch(run);
  const last = parts.at(-1) ?? '';
  const [, node = '', visit = '', index = ''] = /^(.*)@(\d+):(\d+)$/.exec(last) ?? [];
  const outer = parts.slice(0, -1).map((p) => p.replace('@', '.').replace(':', '.'));
  // A node of an import has dots in its id, which git takes at some places only.
  const name = [...outer, node].join('-').replaceAll('.', '-');
  return `fabro/run/parallel/${run}/${name}/pass${visit}/${index}`;
}

/** The same sandbox with variables that every command of the run gets. */
export function withEnvironment(sandbox: Sandbox, env: Readonly<Record<string, string>>): Sandbox {
  const wrap = (inner: Sandbox): Sandbox => ({
    provider: inner.provider,
    workdir: inner.workdir,
    exec: (request: ExecRequest, options) =>
      inner.exec({ ...request, env: { ...env, ...request.env } }, options),
    recoveredOutput: (key) => inner.recoveredOutput(key),
    readFile: (path, options) => inner.readFile(path, options),
    writeFile: (path, bytes) => inner.writeFile(path, bytes),
    stat: (path) => inner.stat(path),
    glob: (pattern, options) => inner.glob(pattern, options),
    grep: (pattern, options) => inner.grep(pattern, options),
    at: (workdir) => wrap(inner.at(workdir)),
    endLeftovers: (prefix) => inner.endLeftovers(prefix),
  });
  return wrap(sandbox);
}

export interface WorktreeOptions {
  readonly git: Git;
  readonly repository: string;
  readonly directory: string;
  readonly plan: Plan;
}

/** Git as the engine's checkpoints. */
export function gitCheckpoints({ git, repository, directory, plan }: WorktreeOptions): Checkpoints {
  const author = plan.run.gitAuthor;
  return {
    commit: ({ run, frame, key, dir, node, status, completed }, signal) =>
      git.commitAll({
        key,
        signal,
        dir,
        run,
        node,
        status,
        completed,
        branch: frameBranch(run, frame),
        excludeGlobs: plan.run.excludeGlobs,
        ...(author === undefined ? {} : { author }),
      }),
    reset: ({ key, dir, sha }, signal) => git.reset({ key, signal, dir, sha }),
    fastForward: ({ key, dir, sha }, signal) => git.fastForward({ key, signal, dir, sha }),
    addBranch: async ({ key, run, frame, sha }, signal) => {
      const branch = frameBranch(run, frame);
      const path = join(directory, 'branches', branch.split('/').slice(4).join('-'));
      await git.addWorktree({ key, signal, repo: repository, path, branch, sha });
      return { path, branch };
    },
    removeBranch: ({ key, path }, signal) =>
      git.removeWorktree({ key, signal, repo: repository, path }),
  };
}
