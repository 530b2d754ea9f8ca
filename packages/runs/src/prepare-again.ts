/** The commit of what prepared a run, and preparing anew a worktree that was made again. */
import type { Git } from '@fabro/git';
import { ROOT_FRAME, callKey, type CallKey, type RunId } from '@fabro/protocol';
import { duePreparation } from './begun.js';
import type { Plan } from './manifest/plan.js';
import { prepareRun, prepareSteps, type PreparePorts } from './prepare.js';
import { runBranch } from './workspace.js';

export interface PreparedTree {
  readonly run: RunId;
  readonly plan: Plan;
  /** Root of the worktree, and the commit that it stood on. */
  readonly dir: string;
  readonly base: string;
}

/** Commits a worktree unless it is as it was; a commit that a killed server made is found again. */
export function preparationCommit(
  { run, plan, dir, base }: PreparedTree,
  git: Git,
): NonNullable<PreparePorts['commit']> {
  const author = plan.run.gitAuthor;
  return async (key: CallKey, signal: AbortSignal) => {
    const found = await git.probe({ key, signal, dir });
    if (found?.dirty === false && found.headSha === base) return undefined;
    const { sha } = await git.commitAll({
      key,
      signal,
      dir,
      run,
      node: 'prepare',
      status: 'succeeded',
      completed: 0,
      branch: runBranch(run),
      excludeGlobs: plan.run.excludeGlobs,
      ...(author === undefined ? {} : { author }),
    });
    return sha;
  };
}

/** A fork begins in a worktree of its own, and a folder may have been deleted: what was made in it is made again. */
export async function prepareAgain(
  plan: Plan,
  ports: Omit<PreparePorts, 'key' | 'recorded' | 'commit'> & { readonly git: Git },
  signal: AbortSignal,
): Promise<void> {
  const { state } = ports.recorder;
  const root = state.frames.get(ROOT_FRAME);
  const { worktreeDir: dir, headSha: base } = root ?? {};
  if (prepareSteps(plan).length === 0 || dir === undefined || base === undefined) return;
  const due = await duePreparation(ports.journal, state.runId);
  if (due === undefined) return;
  await prepareRun(
    plan,
    {
      ...ports,
      sandbox: ports.sandbox.at(state.workingDirectory ?? dir),
      recorded: due.calls,
      key: callKey(state.runId, 'setup', `again-${due.ordinal}`),
      commit: preparationCommit({ run: state.runId, plan, dir, base }, ports.git),
    },
    signal,
  );
}
