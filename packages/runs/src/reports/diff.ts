/** The patch of a run or of one stage, from the commits that its stream names. */
import { existsSync } from 'node:fs';
import { FabroError, callKey, type RunDiff, type RunId } from '@fabro/protocol';
import type { Git } from '@fabro/git';
import type { RunCommits } from './commits.js';

export interface DiffWish {
  /** Latest stage of this node. */
  readonly node?: string;
  /** Or this very stage, `node@visit`. */
  readonly stage?: string;
}

export interface DiffPorts {
  readonly git: Git;
  /** Folders of the repository, best first; the first that exists is asked. */
  readonly folders: readonly string[];
}

/** Which commits a wish means. Throws FabroError `conflict` or `not_found`, saying why there are none. */
export function spanOf(
  run: RunId,
  wish: DiffWish,
  { base, head, spans }: Pick<RunCommits, 'base' | 'head' | 'spans'>,
): { readonly from: string; readonly to: string; readonly stageId?: string } {
  if (base === undefined)
    throw new FabroError(
      'conflict',
      `Run ${run} has no commits: it ${spans.length === 0 ? 'has not begun, or works' : 'works'} without git (outside a repository, in place, or as a dry run).`,
    );
  const { node, stage } = wish;
  if (node === undefined && stage === undefined) return { from: base, to: head ?? base };
  const found = spans.findLast((s) =>
    stage === undefined ? s.node === node : s.stageId === stage,
  );
  if (found !== undefined) return found;
  const nodes = [...new Set(spans.map((s) => s.node))];
  throw new FabroError(
    'not_found',
    `Run ${run} has no commit of ${stage === undefined ? `node "${node}"` : `stage "${stage}"`}; ${nodes.length === 0 ? 'no stage has been committed yet' : `there are some of ${nodes.join(', ')}`}.`,
  );
}

/** What git answers when it does not have a commit. */
const GONE =
  /bad object|bad revision|unknown revision|not a valid object|not a tree|unable to read/i;

/** Asks git. Rejects with `not_found` when the repository or a commit is gone. */
export async function diffOf(
  run: RunId,
  span: ReturnType<typeof spanOf>,
  { git, folders }: DiffPorts,
  signal: AbortSignal,
): Promise<RunDiff> {
  const dir = folders.find((folder) => existsSync(folder));
  if (dir === undefined)
    throw new FabroError(
      'not_found',
      `The repository of run ${run} is no longer at ${folders[0] ?? 'its place'}.`,
    );
  const { from, to, stageId } = span;
  const made = { run_id: run, from_sha: from, to_sha: to };
  try {
    const { patch, truncated } = await git.diff({
      key: callKey(run, 'diff'),
      signal,
      dir,
      from,
      to,
    });
    return { ...made, ...(stageId === undefined ? {} : { stage_id: stageId }), patch, truncated };
  } catch (error) {
    if (!(error instanceof FabroError) || error.code !== 'internal' || !GONE.test(error.message))
      throw error;
    throw new FabroError(
      'not_found',
      `Commit ${from.slice(0, 12)} or ${to.slice(0, 12)} of run ${run} is no longer in the repository at ${dir}: its branch was deleted and git has cleaned up.`,
      { cause: error },
    );
  }
}
