/** Runs in real repositories, and what is made of them. */
import { join } from 'node:path';
import { fold, foldStream, initialState, type RunState } from '@fabro/engine';
import { ROOT_FRAME, parseRunEvent, type RunId } from '@fabro/protocol';
import { CALLER, idOf, type House } from './house.js';
import { git } from './real-house.js';

export const command = (id: string, script: string): string =>
  `${id} [shape=parallelogram, script=${JSON.stringify(script)}]`;
/** Three commands, each of which leaves a file. */
export const CHAIN = `${['one', 'two', 'three'].map((id) => command(id, `echo ${id} > ${id}.txt; echo did ${id}`)).join(' ')} start -> one -> two -> three -> exit`;

export async function ran(house: House, statements: string, repo: string): Promise<RunId> {
  const run = await house.start(statements, { args: {}, cwd: repo });
  await over(house, run);
  return run;
}

/** Waits for the first end of a run. */
export async function over(house: House, run: RunId): Promise<void> {
  await Promise.race([house.event(run, 'run.completed'), house.event(run, 'run.failed')]);
  await house.queue.idle(run);
}

export async function fork(house: House, run: string, target?: string): Promise<RunId> {
  const request = target === undefined ? {} : { target };
  const { new_run_id: id } = await house.service.fork(run, request, CALLER);
  return idOf(id);
}

/** Resumes a fork and waits for its end. */
export async function resume(house: House, run: RunId): Promise<void> {
  await house.service.start(run, { resume: true }, CALLER);
  await over(house, run);
}

export const treeOf = (house: House, run: RunId): string =>
  join(house.ports.storageRoot, 'scratch', `20260101-${run}`, 'worktree');

/** Names at the root of the run's branch. */
export const filesAt = (repo: string, run: RunId): readonly string[] =>
  git(repo, 'ls-tree', '--name-only', `fabro/run/${run}`).trim().split('\n');

/** What a walk goes on from. */
function facts(state: RunState) {
  const root = state.frames.get(ROOT_FRAME);
  return {
    frames: [...state.frames.keys()],
    phase: root?.phase,
    context: Object.fromEntries(root?.context ?? []),
    outcomes: Object.fromEntries(root?.outcomes ?? []),
    lastNode: root?.lastNode,
    lastStage: root?.lastStage,
    arrival: root?.arrival,
    counters: root?.counters,
    gates: [...state.gates.keys()],
    threads: Object.fromEntries(root?.threads ?? []),
    headSha: root?.headSha,
    visits: Object.fromEntries(state.visits),
    completed: state.completed,
    questions: [...state.questions.keys()],
    usage: state.usage,
  };
}

export const factsOf = (house: House, run: RunId) => facts(foldStream(house.journal, run));

/** What the run came to at one of its events. */
export function factsAt(house: House, run: RunId, seq: number) {
  const state = initialState(run);
  for (const event of house.events(run)) {
    const known = event.seq <= seq ? parseRunEvent(event) : undefined;
    if (known !== undefined) fold(state, known);
  }
  return facts(state);
}
