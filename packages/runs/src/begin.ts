/** The beginning of a run: its sandbox and worktree. Every act may be repeated after a crash. */
import { existsSync } from 'node:fs';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { hookNotices, type Recorder } from '@fabro/engine';
import type { Git, Repository } from '@fabro/git';
import {
  callKey,
  messageOf,
  type Clock,
  type EventDraft,
  type StatusReason,
} from '@fabro/protocol';
import { resolveEnvTemplates, type Env } from '@fabro/settings';
import type { Plan } from './manifest/plan.js';
import { runBranch } from './workspace.js';

/** A run that could not begin, with the reason that its status gets. */
export class BeginFailed extends Error {
  override readonly name = 'BeginFailed';
  readonly reason: StatusReason;

  constructor(reason: StatusReason, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * The folder in which a run's commands start, as the manifest and the settings name it.
 * @param env the variables that settings may name here. Throws BeginFailed for one that is missing.
 */
export function callerDirectory(cwd: string, plan: Plan, env: Env): string {
  try {
    const named = plan.settings.run.working_dir ?? '.';
    return resolve(cwd, resolveEnvTemplates(named, env, 'run.working_dir'));
  } catch (error) {
    throw new BeginFailed('bootstrap_failed', messageOf(error), { cause: error });
  }
}

export interface BeginPorts {
  readonly recorder: Recorder;
  readonly git: Git;
  readonly clock: Clock;
  /** The run's folder in the storage root. */
  readonly directory: string;
}

/**
 * Makes the worktree (or decides to do without) and records the run's start. Throws BeginFailed.
 * @param folder the caller's folder, in which commands start.
 */
export async function beginRun(
  plan: Plan,
  folder: string,
  ports: BeginPorts,
  signal: AbortSignal,
): Promise<void> {
  const { recorder, clock } = ports;
  const startedMs = clock.now();
  if (!plan.run.dryRun) await mustBeFolder(folder);
  recorder.record([{ event: 'sandbox.initializing', properties: { provider: 'local' } }]);
  await recorder.commit();
  const events: EventDraft[] = [...ignoredSettings(plan), ...hookNotices(plan.run.hooks ?? [])];
  const workplace = await place(plan, folder, events, ports, signal);
  recorder.record([
    ...events,
    {
      event: 'sandbox.ready',
      properties: { provider: 'local', duration_ms: clock.now() - startedMs },
    },
    {
      event: 'sandbox.initialized',
      properties: { provider: 'local', working_directory: workplace.workdir },
    },
    {
      event: 'run.started',
      properties: {
        name: plan.name,
        ...(plan.goal === undefined ? {} : { goal: plan.goal }),
        ...workplace.git,
      },
    },
    { event: 'run.running', properties: {} },
  ]);
  await recorder.commit();
}

async function mustBeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined); // Not there, or not to be seen by this user.
  if (found?.isDirectory() === true) return;
  throw new BeginFailed(
    'bootstrap_failed',
    found === undefined
      ? `the working directory ${path} does not exist on this server; create it, or start the run from a folder that does`
      : `the working directory ${path} is no folder; start the run from one`,
  );
}

interface Workplace {
  readonly workdir: string;
  readonly git: {
    readonly base_sha?: string;
    readonly base_branch?: string;
    readonly run_branch?: string;
    readonly worktree_dir?: string;
  };
}

async function place(
  plan: Plan,
  folder: string,
  events: EventDraft[],
  ports: BeginPorts,
  signal: AbortSignal,
): Promise<Workplace> {
  const { recorder, git, directory } = ports;
  const key = callKey(recorder.state.runId, 'worktree');
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (plan.run.dryRun || plan.inPlace) return { workdir: folder, git: {} };
    if (!mayBeInRepository(await realpath(folder))) return { workdir: folder, git: {} };
    const repository = await git.probe({ key, signal, dir: folder });
    if (repository?.headSha === undefined) return { workdir: folder, git: {} };
    const path = join(directory, 'worktree');
    const branch = runBranch(recorder.state.runId);
    const sha = repository.headSha;
    if (repository.dirty) events.push(dirtyNotice(repository, sha));
    await git.addWorktree({ key, signal, repo: repository.root, path, branch, sha });
    events.push(
      { event: 'git.branch', properties: { branch, sha } },
      { event: 'git.worktree.added', properties: { path, branch } },
    );
    // Git names the root without links; the caller may stand in the same folder by another name.
    const workdir = join(path, relative(repository.root, await realpath(folder)));
    // A folder without committed files is not in the worktree.
    await mkdir(workdir, { recursive: true });
    return {
      workdir,
      git: {
        base_sha: sha,
        run_branch: branch,
        worktree_dir: path,
        ...(repository.branch === undefined ? {} : { base_branch: repository.branch }),
      },
    };
  } catch (error) {
    signal.throwIfAborted();
    throw new BeginFailed(
      'sandbox_init_failed',
      `the run's folder or worktree could not be made: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Outside a repository a run needs no git, so none is asked: the machine may have none. */
function mayBeInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (dirname(at) === at) return false;
  }
}

function dirtyNotice(repository: Repository, sha: string): EventDraft {
  return {
    event: 'run.notice',
    properties: {
      level: 'warn',
      code: 'dirty_worktree',
      message: `${repository.root} has changes that are not committed; the run begins at commit ${sha.slice(0, 12)} without them`,
    },
  };
}

/** Settings that this release reads and does not act on yet: said, and not silently dropped. */
function ignoredSettings(plan: Plan): EventDraft[] {
  const { run } = plan.settings;
  const ignored = [
    ...((run.prepare.steps?.length ?? 0) > 0 ? ['run.prepare'] : []),
    ...(run.pull_request?.enabled === true ? ['run.pull_request'] : []),
  ];
  if (ignored.length === 0) return [];
  const message = `this release does not act on ${ignored.join(', ')}; the run goes on without`;
  return [
    { event: 'run.notice', properties: { level: 'warn', code: 'settings_not_built', message } },
  ];
}
