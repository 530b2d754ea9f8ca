/** `parallel`: every outgoing edge is a branch, a chain up to the join (engine reference §3.2). */
import { parseStageId, type Outcome } from '@fabro/protocol';
import { attr, outgoing } from '@fabro/workflow';
import { cutBytes } from '../failure.js';
import type { FramedFacts, FramedHandler, StageInput } from '../handler.js';
import { joinOf } from '../join.js';
import { BRANCH_RESPONSE_BYTES } from '../limits.js';
import { joinOutcome, parallelCompleted, startBranches } from '../parallel.js';
import { hasEnded, type BranchResult, type Frame } from '../state.js';

export const parallelHandler: FramedHandler = {
  kind: 'framed',
  step(input, facts) {
    if (isInsideItself(input)) return { kind: 'joined', closing: [], outcome: reentered(input) };
    const edges = outgoing(input.graph, input.node.id);
    const frames = branches(input);
    const results = input.state.branchResults.get(input.stage.stageId) ?? [];
    const won =
      attr.string(input.node, 'join_policy') === 'first_success' &&
      results.some((r) => r.status === 'succeeded');
    if (won) {
      const losers = frames.filter((f) => !hasEnded(f));
      if (losers.length > 0)
        return { kind: 'give_up', frames: losers, reason: 'another branch has succeeded' };
    } else if (edges.length > 0) {
      const events = startBranches(input, frames, facts.separateWorktrees);
      if (events.length > 0) return { kind: 'events', events };
      if (results.length < edges.length) return { kind: 'wait' };
    }
    const takeOver = takenOver(input, results);
    return {
      kind: 'joined',
      outcome: joinOutcome(input, results, responses(frames, facts)),
      closing: edges.length === 0 ? [] : [parallelCompleted(input, results, facts.nowMs)],
      ...(takeOver === undefined ? {} : { takeOver }),
    };
  },
};

/** The frames of this stage's branches that exist, by index. */
function branches(input: StageInput): readonly Frame[] {
  return [...input.state.frames.values()]
    .filter((f) => f.branch?.frame === input.frame.id && f.branch.stageId === input.stage.stageId)
    .toSorted((a, b) => (a.branch?.index ?? 0) - (b.branch?.index ?? 0));
}

/** A branch that comes back to its own parallel node would open branches inside of branches without an end. */
function isInsideItself({ state, frame, node }: StageInput): boolean {
  for (let inner: Frame | undefined = frame; inner?.branch !== undefined;) {
    if (parseStageId(inner.branch.stageId)?.node === node.id) return true;
    inner = state.frames.get(inner.branch.frame);
  }
  return false;
}

function reentered({ node }: StageInput): Outcome {
  return {
    status: 'failed',
    failure: {
      message: `parallel node "${node.id}" is reached from one of its own branches; lead the branch to a fan-in or to the exit, and go back from there`,
      failure_class: 'deterministic',
    },
  };
}

/** What models said last in the branches, by index; a branch's context is its own, so it would be lost. */
function responses(frames: readonly Frame[], facts: FramedFacts): ReadonlyMap<number, string> {
  const said = new Map<number, string>();
  for (const { branch, context, outcomes } of frames) {
    const stage = context.get('last_stage');
    // Without a model in the branch this is the context that it began with.
    if (branch === undefined || typeof stage !== 'string' || !outcomes.has(stage)) continue;
    const text = facts.materialise(context.get(`response.${stage}`) ?? null);
    if (typeof text === 'string') said.set(branch.index, cutBytes(text, BRANCH_RESPONSE_BYTES));
  }
  return said;
}

/** Without a fan-in the parent takes the work of the lexically first branch that succeeded. */
function takenOver(input: StageInput, results: readonly BranchResult[]): string | undefined {
  const join = joinOf(input.graph, input.node.id);
  if (join !== undefined && input.graph.nodes.get(join)?.handler === 'parallel.fan_in')
    return undefined;
  return results
    .filter((r) => r.status === 'succeeded')
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))[0]?.headSha;
}
