/** Worktrees of a run that goes on: made when they are not there, from the run's branches and commits. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { Frame, Recorder } from '@fabro/engine';
import type { Git } from '@fabro/git';
import { ROOT_FRAME, callKey, type EventDraft } from '@fabro/protocol';
import { frameBranch } from './workspace.js';

export interface RestorePorts {
  readonly recorder: Recorder;
  readonly git: Git;
  /** Any folder of the repository. */
  readonly repository: string;
}

/**
 * A fork has no worktree before it is first started, and a person may have deleted one. After a crash the
 * tip of the branch is taken, since a commit may have been made and not recorded; what was not committed is
 * lost, and a notice says so. May be repeated.
 */
export async function restoreWorktrees(ports: RestorePorts, signal: AbortSignal): Promise<void> {
  const { state } = ports.recorder;
  const seen = new Set<string>();
  for (const frame of state.frames.values()) {
    const path = frame.worktreeDir;
    // A frame may work in the tree of the one around it; a branch that has ended may have lost its own.
    const needed = frame.id === ROOT_FRAME || frame.phase.kind !== 'ended';
    if (path === undefined || seen.has(path) || !needed) continue;
    seen.add(path);
    if (!(await isWhole(path))) await restore(frame, path, ports, signal);
  }
}

async function restore(
  frame: Frame,
  path: string,
  { recorder, git, repository }: RestorePorts,
  signal: AbortSignal,
): Promise<void> {
  const { state } = recorder;
  if (frame.headSha === undefined) return;
  const branch = frameBranch(state.runId, frame.id);
  const call = { key: callKey(state.runId, frame.id, 'restore'), signal, repo: repository };
  const starting = state.status === 'starting';
  const tip = starting ? undefined : await git.branchSha({ ...call, branch });
  const sha = tip ?? frame.headSha;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await git.addWorktree({ ...call, path, branch, sha });
  const { workingDirectory } = state;
  // A folder without committed files is not in the worktree.
  if (workingDirectory?.startsWith(`${path}/`) === true)
    await mkdir(workingDirectory, { recursive: true });
  const events: EventDraft[] = [
    {
      ...(frame.id === ROOT_FRAME ? {} : { frame_id: frame.id }),
      event: 'git.worktree.added',
      properties: { path, branch },
    },
  ];
  if (!starting)
    events.push({
      event: 'run.notice',
      properties: {
        level: 'warn',
        code: 'worktree_restored',
        message: `the worktree ${path} was gone; it is made again at commit ${sha.slice(0, 12)}, and changes after that commit are lost`,
      },
    });
  recorder.record(events);
  await recorder.commit();
}

/** False for a folder that is not there, and for a worktree whose files were never all written. */
async function isWhole(path: string): Promise<boolean> {
  const link = join(path, '.git');
  const found = await stat(link).catch(() => undefined); // Not there: that is the answer.
  if (found === undefined) return false;
  // A repository of its own is none of ours to replace; git refuses to act on it.
  if (!found.isFile()) return true;
  const gitDir = /^gitdir: (.+)$/m.exec(await readFile(link, 'utf8'))?.[1];
  if (gitDir === undefined) return false;
  // Git writes the index when the last file is checked out.
  return existsSync(join(isAbsolute(gitDir) ? gitDir : join(path, gitDir), 'index'));
}
