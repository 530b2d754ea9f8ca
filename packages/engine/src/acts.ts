/** The acts of the loop: each does one thing in the world and comes back with the events that record it. */
import { callKey, messageOf, type CallKey, type EventDraft } from '@fabro/protocol';
import type { Checkpoints } from './checkpoints.js';
import type { Act, World } from './decide/decision.js';
import { nodeOf } from './decide/stage-input.js';
import { stageInterrupted } from './decide/work.js';
import { frameScope, stageScope } from './scope.js';
import {
  attemptKey,
  frameOf,
  openStage,
  type Frame,
  type OpenStage,
  type RunState,
} from './state.js';

/** Acts on worktrees; attempts and waits are the loop's own. */
export type GitAct = Extract<Act, { kind: 'commit' | 'reset' | 'prepare' | 'join' }>;

/** Does the act. What git refuses is `checkpoint.failed`, which ends the run; rejects only when aborted. */
export async function actOnGit(
  act: GitAct,
  world: World,
  state: RunState,
  git: Checkpoints,
  signal: AbortSignal,
): Promise<readonly EventDraft[]> {
  const frame = frameOf(state, act.frame);
  try {
    return await perform(act, frame, world, state, git, signal);
  } catch (error) {
    signal.throwIfAborted();
    const failed = `${WHAT[act.kind]} failed for ${placeOf(frame)}: ${messageOf(error)}`;
    return [{ ...frameScope(frame), event: 'checkpoint.failed', properties: { error: failed } }];
  }
}

const WHAT: Readonly<Record<GitAct['kind'], string>> = {
  commit: 'git checkpoint commit',
  reset: 'git reset to the last checkpoint',
  prepare: 'git worktree',
  join: 'git join of the branches',
};

function placeOf(frame: Frame): string {
  const node = openStage(frame)?.node ?? frame.branch?.startNode;
  return node === undefined ? `frame ${frame.id}` : `node '${node}'`;
}

async function perform(
  act: GitAct,
  frame: Frame,
  world: World,
  state: RunState,
  git: Checkpoints,
  signal: AbortSignal,
): Promise<readonly EventDraft[]> {
  switch (act.kind) {
    case 'commit':
      return commit(frame, world, state, git, signal);
    case 'reset':
      return reset(frame, world, state, git, signal);
    case 'prepare':
      return prepare(frame, state, git, signal);
    case 'join':
      return join(act, frame, state, git, signal);
  }
}

function dirOf(frame: Frame): string {
  if (frame.worktreeDir === undefined) throw new Error(`frame ${frame.id} has no worktree`);
  return frame.worktreeDir;
}

function stageOf(frame: Frame): OpenStage {
  const stage = openStage(frame);
  if (stage === undefined) throw new Error(`frame ${frame.id} is in no stage`);
  return stage;
}

function gitKey(state: RunState, frame: Frame, name: string): CallKey {
  return callKey(attemptKey(state, frame.id, stageOf(frame)), name);
}

async function commit(
  frame: Frame,
  world: World,
  state: RunState,
  git: Checkpoints,
  signal: AbortSignal,
): Promise<readonly EventDraft[]> {
  const stage = stageOf(frame);
  const node = nodeOf(world, frame, stage.node);
  if (frame.phase.kind !== 'settled') throw new Error(`frame ${frame.id} has no settled stage`);
  const key = gitKey(state, frame, 'commit');
  const { sha } = await git.commit(
    {
      run: state.runId,
      frame: frame.id,
      key,
      dir: dirOf(frame),
      node: node.id,
      status: frame.phase.outcome.status,
      completed: state.completed + 1,
    },
    signal,
  );
  return [
    {
      ...stageScope(frame, stage, node),
      event: 'git.commit',
      properties: { sha },
      call: key,
      call_phase: 'ended',
    },
  ];
}

async function reset(
  frame: Frame,
  world: World,
  state: RunState,
  git: Checkpoints,
  signal: AbortSignal,
): Promise<readonly EventDraft[]> {
  const stage = stageOf(frame);
  const node = nodeOf(world, frame, stage.node);
  const sha = frame.headSha;
  if (sha === undefined) throw new Error(`frame ${frame.id} has no commit to go back to`);
  await git.reset({ key: gitKey(state, frame, 'reset'), dir: dirOf(frame), sha }, signal);
  return [
    { ...frameScope(frame), event: 'git.reset', properties: { sha } },
    stageInterrupted(frame, stage, node),
  ];
}

async function prepare(
  frame: Frame,
  state: RunState,
  git: Checkpoints,
  signal: AbortSignal,
): Promise<readonly EventDraft[]> {
  const sha = frame.headSha;
  if (sha === undefined) throw new Error(`branch ${frame.id} has no commit to begin from`);
  const key = callKey(state.runId, frame.id, 'worktree');
  const { path, branch } = await git.addBranch(
    { key, run: state.runId, frame: frame.id, sha },
    signal,
  );
  return [{ ...frameScope(frame), event: 'git.worktree.added', properties: { path, branch } }];
}

/**
 * Closes a parallel stage: branch worktrees go, and when the branches meet in a node that is no fan-in, the
 * parent takes the work of the first branch that succeeded (a fan-in chooses for itself).
 */
async function join(
  act: Extract<Act, { kind: 'join' }>,
  frame: Frame,
  state: RunState,
  git: Checkpoints,
  signal: AbortSignal,
): Promise<readonly EventDraft[]> {
  const removed: EventDraft[] = [];
  for (const id of act.branches) {
    const branch = frameOf(state, id);
    const path = branch.worktreeDir;
    if (path === undefined) continue;
    await git.removeBranch({ key: callKey(state.runId, id, 'remove'), path }, signal);
    removed.push({ ...frameScope(branch), event: 'git.worktree.removed', properties: { path } });
  }
  if (act.takeOver !== undefined) {
    await git.fastForward(
      { key: gitKey(state, frame, 'forward'), dir: dirOf(frame), sha: act.takeOver },
      signal,
    );
    removed.push({ ...frameScope(frame), event: 'git.reset', properties: { sha: act.takeOver } });
  }
  return [...removed, ...act.events];
}
