/** The beginning of a run: its sandbox and worktree. Every act may be repeated after a crash. */
import { existsSync } from 'node:fs';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { hookNotices, type Recorder } from '@fabro/engine';
import type { Git, Repository } from '@fabro/git';
import type { Journal } from '@fabro/journal';
import { callKey, messageOf, type Clock, type EventDraft } from '@fabro/protocol';
import type { Sandbox } from '@fabro/sandbox';
import type { Env } from '@fabro/settings';
import { BeginFailed } from './begin-failed.js';
import { readBegun, type Begun } from './begun.js';
import type { Plan } from './manifest/plan.js';
import { prepareRun } from './prepare.js';
import { preparationCommit } from './prepare-again.js';
import { runBranch } from './workspace.js';

export interface BeginPorts {
  readonly recorder: Recorder;
  readonly git: Git;
  readonly clock: Clock;
  readonly journal: Journal;
  /** The sandbox of the caller's folder. */
  readonly sandbox: Sandbox;
  /** Variables that settings may name in `{{ env.X }}`. */
  readonly env: Env;
  redact(text: string): string;
  /** The run's folder in the storage root. */
  readonly directory: string;
}

/**
 * Makes the worktree (or decides to do without), prepares it and records the run's start. Throws BeginFailed.
 * @param folder the caller's folder, in which commands start.
 */
export async function beginRun(
  plan: Plan,
  folder: string,
  ports: BeginPorts,
  signal: AbortSignal,
): Promise<void> {
  const { recorder } = ports;
  if (!plan.run.dryRun) await mustBeFolder(folder);
  const begun = await readBegun(ports.journal, recorder.state);
  const workplace =
    begun.workplace === undefined
      ? await makeWorkplace(plan, folder, ports, signal)
      : await goOnIn(begun.workplace, ports, signal);
  const sandbox = ports.sandbox.at(workplace.workdir);
  const { git: worktree } = workplace;
  const { runId } = recorder.state;
  const sha = await prepareRun(
    plan,
    {
      ...ports,
      sandbox,
      recorded: begun.calls,
      key: callKey(runId, 'setup'),
      ...(worktree === undefined
        ? {}
        : {
            commit: preparationCommit(
              { run: runId, plan, dir: worktree.worktree_dir, base: worktree.base_sha },
              ports.git,
            ),
          }),
    },
    signal,
  );
  recorder.record([
    {
      event: 'run.started',
      properties: {
        name: plan.name,
        ...(plan.goal === undefined ? {} : { goal: plan.goal }),
        ...workplace.git,
      },
    },
    ...(sha === undefined ? [] : [{ event: 'git.commit' as const, properties: { sha } }]),
    { event: 'run.running', properties: {} },
  ]);
  await recorder.commit();
}

/** Records the place with the next commit: a run without steps to prepare it begins in one append. */
async function makeWorkplace(
  plan: Plan,
  folder: string,
  ports: BeginPorts,
  signal: AbortSignal,
): Promise<Workplace> {
  const { recorder, clock } = ports;
  const startedMs = clock.now();
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
      properties: {
        provider: 'local',
        working_directory: workplace.workdir,
        ...(workplace.git === undefined ? {} : { worktree: workplace.git }),
      },
    },
  ]);
  return workplace;
}

/** The server died while the run was being prepared: its folder is kept, with what the steps have made in it. */
async function goOnIn(
  workplace: NonNullable<Begun['workplace']>,
  { recorder, git }: BeginPorts,
  signal: AbortSignal,
): Promise<Workplace> {
  const { state } = recorder;
  const dir = workplace.git?.worktree_dir;
  if (dir !== undefined && !existsSync(dir))
    throw new BeginFailed(
      'sandbox_init_failed',
      `the worktree ${dir} of the run is gone; start the workflow again`,
    );
  if (dir !== undefined)
    await git.removeStaleLocks({ key: callKey(state.runId, 'locks'), signal, dir });
  recorder.record([{ event: 'run.resumed', properties: { epoch: state.epoch } }]);
  await recorder.commit();
  return workplace;
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

type Workplace = NonNullable<Begun['workplace']>;

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
    if (plan.run.dryRun || plan.inPlace) return { workdir: folder };
    if (!mayBeInRepository(await realpath(folder))) return { workdir: folder };
    const repository = await git.probe({ key, signal, dir: folder });
    if (repository === undefined) return { workdir: folder };
    if (repository.headSha === undefined) {
      events.push(withoutCommit(repository));
      return { workdir: folder };
    }
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

function withoutCommit(repository: Repository): EventDraft {
  return {
    event: 'run.notice',
    properties: {
      level: 'warn',
      code: 'worktree_skipped_no_commit',
      message: `${repository.root} has no commit yet, so the run works in the folder itself, without a branch and without commits of its stages; make a first commit to have them`,
    },
  };
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
  if (plan.settings.run.pull_request?.enabled !== true) return [];
  const message = 'this release does not act on run.pull_request; the run goes on without';
  return [
    { event: 'run.notice', properties: { level: 'warn', code: 'settings_not_built', message } },
  ];
}
