/**
 * `decide(world, state, facts)`: what happens next, as data. Pure: events to record, acts to begin, frames to
 * stop, or the run's conclusion. While there are events nothing else is returned; the loop records them,
 * folds them and asks again, so that all that needs no act is one append.
 */
import {
  stageId,
  type EventDraft,
  type FrameId,
  type JsonValue,
  type StageStatus,
  type StatusReason,
} from '@fabro/protocol';
import {
  attr,
  isTerminalNode,
  labelOf,
  selectEdge,
  type Graph,
  type GraphNode,
} from '@fabro/workflow';
import { checkGoalGates } from './goal-gates.js';
import type { Handler, StageInput } from './handler.js';
import { joinOf } from './join.js';
import { branchCompleted, parallelCompleted, stepParallel } from './parallel.js';
import { retryPolicy } from './retry-policy.js';
import type { RunSettings } from './run-settings.js';
import { frameScope, stageScope } from './scope.js';
import { settleAttempt } from './settle.js';
import { frameOf, type BranchResult, type Frame, type OpenStage, type RunState } from './state.js';

/** What stays the same for a whole run. */
export interface World {
  readonly graph: Graph;
  readonly settings: RunSettings;
  handlerOf(node: GraphNode): Handler;
  /** True when stages are committed to a worktree of their own. */
  readonly git: boolean;
}

/** What a decision may know besides the state. */
export interface DecideFacts {
  readonly nowMs: number;
  /** From 0 up to 1; asked only where the outcome is recorded in the same decision. */
  random(): number;
  /** Frames whose act has begun and not settled. */
  readonly inFlight: ReadonlySet<FrameId>;
  /** The text of a blob reference; other values unchanged. */
  materialise(value: JsonValue): JsonValue;
}

/** Something to do for a frame; one at a time for each. */
export type Act =
  /** Begin or go on with the handler's attempt. */
  | { readonly kind: 'attempt'; readonly frame: FrameId }
  /** Wait until a stored time. */
  | { readonly kind: 'wait'; readonly frame: FrameId; readonly dueAtMs: number }
  /** Commit the settled stage. */
  | { readonly kind: 'commit'; readonly frame: FrameId }
  /** Put the worktree back to the last checkpoint before an interrupted attempt repeats. */
  | { readonly kind: 'reset'; readonly frame: FrameId }
  /** Make a branch's worktree. */
  | { readonly kind: 'prepare'; readonly frame: FrameId }
  /** Remove the branches' worktrees and close the parallel stage with these events. */
  | {
      readonly kind: 'join';
      readonly frame: FrameId;
      readonly branches: readonly FrameId[];
      /** The commit that the parent moves to, when no fan-in will choose one. */
      readonly takeOver?: string;
      readonly events: readonly EventDraft[];
    };

export type Conclusion =
  | { readonly status: 'completed'; readonly reason: 'completed' | 'partial_success' }
  | { readonly status: 'failed'; readonly reason: StatusReason; readonly error: string };

export interface Decision {
  readonly events: readonly EventDraft[];
  readonly acts: readonly Act[];
  /** Frames whose acts are to be aborted and awaited. */
  readonly cancel: readonly FrameId[];
  readonly conclusion?: Conclusion;
}

const NOTHING: Decision = { events: [], acts: [], cancel: [] };

/** Crashes without a checkpoint in between after which a run is given up. */
const MAX_RESTARTS = 3;
/** Visits of one node in a dry run without a limit of its own: loops have no real outcome to end them. */
const DRY_RUN_VISITS = 10;

export function decide(world: World, state: RunState, facts: DecideFacts): Decision {
  const stop = stopReason(world, state);
  if (stop !== undefined) return windDown(world, state, facts, stop);
  const control = controlEvents(state);
  if (control.length > 0) return { ...NOTHING, events: control };
  const acts: Act[] = [];
  const cancel: FrameId[] = [];
  for (const frame of state.frames.values()) {
    const step = stepFrame(world, state, frame, facts);
    if (step.events.length > 0 || step.conclusion !== undefined) return step;
    acts.push(...step.acts);
    cancel.push(...step.cancel);
  }
  return { events: [], acts, cancel };
}

/** Why the run ends now, whatever its frames do. */
function stopReason(world: World, state: RunState): Conclusion | undefined {
  if (state.pendingControl === 'cancel')
    return { status: 'failed', reason: 'cancelled', error: 'Pipeline cancelled' };
  if (state.fatal !== undefined)
    return { status: 'failed', reason: state.fatal.reason, error: state.fatal.message };
  if (state.restarts >= MAX_RESTARTS) {
    const stages = [...state.frames.values()]
      .map((f) => (f.phase.kind === 'running' ? f.phase.stage.stageId : undefined))
      .filter((s) => s !== undefined);
    return {
      status: 'failed',
      reason: 'terminated',
      error: `the server died ${state.restarts} times in a row in ${stages.join(', ') || 'the same place'} without a checkpoint in between; the run is given up`,
    };
  }
  for (const frame of state.frames.values()) {
    if (frame.phase.kind !== 'at') continue;
    const node = world.graph.nodes.get(frame.phase.node);
    const limit = node === undefined ? undefined : visitLimit(world, node);
    const visits = state.visits.get(frame.phase.node) ?? 0;
    if (node !== undefined && limit !== undefined && visits >= limit.count && !isTerminalNode(node))
      return {
        status: 'failed',
        reason: 'workflow_error',
        error: `node "${node.id}" visited ${visits + 1} times (${limit.of} limit ${limit.count}); run is stuck in a cycle`,
      };
  }
  return undefined;
}

function visitLimit(
  world: World,
  node: GraphNode,
): { readonly count: number; readonly of: 'node' | 'graph' } | undefined {
  const own = attr.integer(node, 'max_visits');
  if (own !== undefined && own > 0) return { count: own, of: 'node' };
  const all = attr.integer(world.graph, 'max_node_visits') ?? 0;
  if (all > 0) return { count: all, of: 'graph' };
  return world.settings.dryRun ? { count: DRY_RUN_VISITS, of: 'graph' } : undefined;
}

/** Stops what is in flight, closes what is open, then concludes. */
function windDown(
  world: World,
  state: RunState,
  facts: DecideFacts,
  conclusion: Conclusion,
): Decision {
  if (facts.inFlight.size > 0) return { ...NOTHING, cancel: [...facts.inFlight] };
  const events: EventDraft[] = [];
  for (const question of state.questions.values())
    if (question.answer === undefined)
      events.push({
        stage_id: question.stageId,
        event: 'interview.interrupted',
        properties: { question_id: question.id, reason: 'the run ended' },
      });
  for (const frame of state.frames.values()) {
    if (frame.phase.kind !== 'running') continue;
    const input = stageInput(world, state, frame, frame.phase.stage);
    events.push(
      ...settleAttempt(
        input,
        {
          outcome: {
            status: 'failed',
            failure: { message: conclusionText(conclusion), failure_class: 'canceled' },
          },
          retryable: false,
        },
        facts,
      ),
    );
  }
  return events.length > 0 ? { ...NOTHING, events } : { ...NOTHING, conclusion };
}

function conclusionText(conclusion: Conclusion): string {
  return conclusion.status === 'failed' ? conclusion.error : conclusion.reason;
}

/** Pause, unpause and the blocked flag. */
function controlEvents(state: RunState): readonly EventDraft[] {
  if (state.pendingControl === 'pause') return [{ event: 'run.paused', properties: {} }];
  if (state.pendingControl === 'unpause') return [{ event: 'run.unpaused', properties: {} }];
  const open = [...state.questions.values()].some((q) => q.answer === undefined);
  if (open && !state.blocked)
    return [{ event: 'run.blocked', properties: { blocked_reason: 'human_input_required' } }];
  if (!open && state.blocked) return [{ event: 'run.unblocked', properties: {} }];
  return [];
}

function stageInput(world: World, state: RunState, frame: Frame, stage: OpenStage): StageInput {
  return {
    state,
    frame,
    stage,
    node: nodeOf(world, stage.node),
    graph: world.graph,
    settings: world.settings,
  };
}

function nodeOf(world: World, id: string): GraphNode {
  const node = world.graph.nodes.get(id);
  if (node === undefined) throw new Error(`the graph ${world.graph.name} has no node "${id}"`);
  return node;
}

function stepFrame(world: World, state: RunState, frame: Frame, facts: DecideFacts): Decision {
  if (facts.inFlight.has(frame.id)) return NOTHING;
  const paused = state.status === 'paused';
  const { phase } = frame;
  switch (phase.kind) {
    case 'ended':
      return frame.branch === undefined ? conclude(world, frame) : NOTHING;
    case 'preparing':
      return paused ? NOTHING : { ...NOTHING, acts: [{ kind: 'prepare', frame: frame.id }] };
    case 'at':
      return paused ? NOTHING : enter(world, state, frame, phase.node, facts);
    case 'running':
      return paused ? NOTHING : work(world, state, frame, phase.stage, facts);
    case 'waiting':
      if (phase.dueAtMs > facts.nowMs)
        return { ...NOTHING, acts: [{ kind: 'wait', frame: frame.id, dueAtMs: phase.dueAtMs }] };
      return paused
        ? NOTHING
        : startAttempt(world, state, frame, { ...phase.stage, attempt: phase.stage.attempt + 1 });
    case 'settled': {
      const node = nodeOf(world, phase.stage.node);
      if (isTerminalNode(node))
        return frame.branch === undefined
          ? { ...NOTHING, conclusion: success(frame) }
          : leave(world, state, frame, facts);
      if (!phase.committed && isCommitted(world, node))
        return { ...NOTHING, acts: [{ kind: 'commit', frame: frame.id }] };
      return leave(world, state, frame, facts);
    }
  }
}

/** A parallel stage keeps the commit that its branches stand on; the start changes nothing. */
function isCommitted(world: World, node: GraphNode): boolean {
  return world.git && node.handler !== 'start' && node.handler !== 'parallel';
}

function enter(
  world: World,
  state: RunState,
  frame: Frame,
  id: string,
  facts: DecideFacts,
): Decision {
  const nodeId = id === '' ? startOf(world) : id;
  if (frame.branch !== undefined && nodeId === joinFor(world, frame))
    return { ...NOTHING, events: [endBranch(world, state, frame, facts)] };
  const node = nodeOf(world, nodeId);
  if (isTerminalNode(node) && frame.branch === undefined) {
    const gates = checkGoalGates(world.graph, frame);
    if (gates.kind === 'failed')
      return {
        ...NOTHING,
        conclusion: { status: 'failed', reason: 'workflow_error', error: gates.message },
      };
    if (gates.kind === 'retry')
      return { ...NOTHING, events: [goalGateEdge(frame, gates.gate, gates.to)] };
  } else if (isTerminalNode(node))
    return { ...NOTHING, events: [endBranch(world, state, frame, facts)] };
  const visit = (state.visits.get(nodeId) ?? 0) + 1;
  return startAttempt(world, state, frame, {
    node: nodeId,
    visit,
    stageId: stageId(nodeId, visit),
    handlerType: node.handler,
    attempt: 1,
    maxAttempts: retryPolicy(world.graph, node).maxAttempts,
    interruptions: 0,
    index: state.completed,
    startedAtMs: facts.nowMs,
    epoch: state.epoch,
    openedSeq: 0,
  });
}

function startOf(world: World): string {
  if (world.graph.startId === undefined)
    throw new Error(`the graph ${world.graph.name} has no start node`);
  return world.graph.startId;
}

function startAttempt(world: World, state: RunState, frame: Frame, stage: OpenStage): Decision {
  const input = stageInput(world, state, frame, stage);
  const handler = world.handlerOf(input.node);
  const started: EventDraft = {
    ...stageScope(frame, stage, input.node),
    event: 'stage.started',
    properties: {
      index: stage.index,
      handler_type: stage.handlerType,
      attempt: stage.attempt,
      max_attempts: stage.maxAttempts,
    },
  };
  const more =
    handler.kind === 'acted' && !world.settings.dryRun ? (handler.starting?.(input) ?? []) : [];
  return { ...NOTHING, events: [started, ...more] };
}

function work(
  world: World,
  state: RunState,
  frame: Frame,
  stage: OpenStage,
  facts: DecideFacts,
): Decision {
  const input = stageInput(world, state, frame, stage);
  const handler = world.handlerOf(input.node);
  switch (handler.kind) {
    case 'decided':
      return {
        ...NOTHING,
        events: settleAttempt(input, { outcome: handler.decide(input), retryable: false }, facts),
      };
    case 'framed':
      return workParallel(world, input, facts);
    case 'acted':
      if (world.settings.dryRun)
        return {
          ...NOTHING,
          events: settleAttempt(
            input,
            { outcome: handler.simulate(input), retryable: false },
            facts,
          ),
        };
      if (stage.epoch < state.epoch && handler.onInterrupt === 'repeat')
        return interrupted(world, input, facts);
      return { ...NOTHING, acts: [{ kind: 'attempt', frame: frame.id }] };
  }
}

/** The server died inside an attempt that cannot go on: repeat it as a new attempt, or fail it. */
function interrupted(world: World, input: StageInput, facts: DecideFacts): Decision {
  const { stage, node, frame, state } = input;
  if (attr.string(node, 'on_interrupt') === 'fail') {
    const failure = {
      message: `attempt ${stage.attempt} was interrupted by a restart of the server and on_interrupt="fail"`,
      failure_class: 'transient_infra' as const,
    };
    return {
      ...NOTHING,
      events: settleAttempt(
        input,
        { outcome: { status: 'failed', failure }, retryable: false },
        facts,
      ),
    };
  }
  if (world.git && frame.headSha !== undefined)
    return { ...NOTHING, acts: [{ kind: 'reset', frame: frame.id }] };
  const events: EventDraft[] = [stageInterrupted(frame, stage, node)];
  if (state.inPlace)
    events.push({
      event: 'run.notice',
      properties: {
        level: 'warn',
        code: 'in_place_not_reset',
        message: `stage ${stage.stageId} repeats after a restart in ${state.workingDirectory ?? state.sourceDirectory ?? 'its folder'} as the interrupted attempt left it: a run in place is never reset`,
      },
    });
  return { ...NOTHING, events };
}

/** The event that turns an interrupted attempt into the wait for the next. */
export function stageInterrupted(frame: Frame, stage: OpenStage, node: GraphNode): EventDraft {
  return {
    ...stageScope(frame, stage, node),
    event: 'stage.interrupted',
    properties: { index: stage.index, attempt: stage.attempt },
  };
}

function workParallel(world: World, input: StageInput, facts: DecideFacts): Decision {
  const step = stepParallel(
    input,
    world.git && input.frame.worktreeDir !== undefined && input.frame.headSha !== undefined,
  );
  switch (step.kind) {
    case 'events':
      return { ...NOTHING, events: step.events };
    case 'wait':
      return NOTHING;
    case 'cancel': {
      const settled = step.frames.filter((f) => !involved(f.id, facts.inFlight));
      const events = settled.flatMap((f) => abandon(world, input.state, f, facts));
      return events.length > 0
        ? { ...NOTHING, events }
        : {
            ...NOTHING,
            cancel: [...facts.inFlight].filter((id) => step.frames.some((f) => within(id, f.id))),
          };
    }
    case 'joined': {
      const events = [
        parallelCompleted(input, step.results, facts.nowMs),
        ...settleAttempt(input, { outcome: step.outcome, retryable: false }, facts),
      ];
      const branches = [...input.state.frames.values()].filter(
        (f) =>
          f.branch?.stageId === input.stage.stageId &&
          f.worktreeDir !== undefined &&
          f.worktreeDir !== input.frame.worktreeDir,
      );
      if (branches.length === 0) return { ...NOTHING, events };
      const takeOver = takenOver(world, input, step.results);
      return {
        ...NOTHING,
        acts: [
          {
            kind: 'join',
            frame: input.frame.id,
            branches: branches.map((f) => f.id),
            events,
            ...(takeOver === undefined ? {} : { takeOver }),
          },
        ],
      };
    }
  }
}

/** Without a fan-in the parent takes the work of the lexically first branch that succeeded. */
function takenOver(
  world: World,
  input: StageInput,
  results: readonly BranchResult[],
): string | undefined {
  const join = joinOf(world.graph, input.node.id);
  if (join !== undefined && world.graph.nodes.get(join)?.handler === 'parallel.fan_in')
    return undefined;
  return results
    .filter((r) => r.status === 'succeeded')
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))[0]?.headSha;
}

/** Ends a branch whose result is no longer needed, and the stage that it was in. */
function abandon(
  world: World,
  state: RunState,
  frame: Frame,
  facts: DecideFacts,
): readonly EventDraft[] {
  const end = branchCompleted(state, frame, branchName(world, frame), 'skipped', facts.nowMs);
  if (frame.phase.kind !== 'running') return [end];
  const input = stageInput(world, state, frame, frame.phase.stage);
  const failure = {
    message: 'cancelled: another branch has succeeded',
    failure_class: 'canceled' as const,
  };
  return [
    ...settleAttempt(input, { outcome: { status: 'failed', failure }, retryable: false }, facts),
    end,
  ];
}

/** True when an act of the frame, or of one inside it, has not settled. */
function involved(id: FrameId, inFlight: ReadonlySet<FrameId>): boolean {
  return [...inFlight].some((other) => within(other, id));
}

function within(inner: FrameId, outer: FrameId): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

function joinFor(world: World, frame: Frame): string | undefined {
  const group = frame.branch?.stageId;
  return group === undefined
    ? undefined
    : joinOf(world.graph, group.slice(0, group.lastIndexOf('@')));
}

function branchName(world: World, frame: Frame): string {
  const node =
    frame.branch === undefined ? undefined : world.graph.nodes.get(frame.branch.startNode);
  return node === undefined ? frame.id : labelOf(node);
}

/** A branch ends with the outcome of its last stage. */
function endBranch(world: World, state: RunState, frame: Frame, facts: DecideFacts): EventDraft {
  const last = frame.lastNode === undefined ? undefined : frame.outcomes.get(frame.lastNode);
  const status: StageStatus = last?.status ?? 'succeeded';
  return branchCompleted(state, frame, branchName(world, frame), status, facts.nowMs);
}

function leave(world: World, state: RunState, frame: Frame, facts: DecideFacts): Decision {
  if (frame.phase.kind !== 'settled') return NOTHING;
  const { stage, outcome } = frame.phase;
  const node = nodeOf(world, stage.node);
  const selection = selectEdge({
    graph: world.graph,
    node,
    outcome,
    context: (key) => {
      const value = frame.context.get(key);
      return value === undefined ? undefined : facts.materialise(value);
    },
    random: facts.random,
  });
  const scope = stageScope(frame, stage, node);
  const checkpoint = (next: string | undefined): EventDraft => ({
    ...scope,
    event: 'checkpoint.completed',
    properties: {
      status: outcome.status,
      current_node: node.id,
      ...(next === undefined ? {} : { next_node_id: next }),
      ...(frame.headSha === undefined ? {} : { git_commit_sha: frame.headSha }),
    },
  });
  if (selection.kind === 'none') {
    const events = [checkpoint(undefined)];
    if (frame.branch !== undefined)
      events.push(
        branchCompleted(state, frame, branchName(world, frame), outcome.status, facts.nowMs),
      );
    return { ...NOTHING, events };
  }
  if (selection.kind === 'retry_target') return { ...NOTHING, events: [checkpoint(selection.to)] };
  const edge = selection.kind === 'edge' ? selection.edge : undefined;
  const label = edge === undefined ? undefined : attr.string(edge, 'label');
  const selected: EventDraft = {
    ...frameScope(frame),
    event: 'edge.selected',
    properties: {
      from_node: node.id,
      to_node: selection.to,
      reason: selection.reason,
      stage_status: outcome.status,
      is_jump: selection.kind === 'jump',
      ...(label === undefined ? {} : { label }),
      ...(edge?.condition === undefined ? {} : { condition: edge.condition.text }),
    },
  };
  return { ...NOTHING, events: [selected, checkpoint(selection.to)] };
}

function goalGateEdge(frame: Frame, gate: string, to: string): EventDraft {
  return {
    ...frameScope(frame),
    event: 'edge.selected',
    properties: {
      from_node: gate,
      to_node: to,
      reason: 'goal_gate',
      stage_status: frame.outcomes.get(gate)?.status ?? 'failed',
      is_jump: true,
    },
  };
}

/** The root path has ended without an exit node. */
function conclude(world: World, frame: Frame): Decision {
  if (frame.phase.kind !== 'ended') return NOTHING;
  const { status, failure } = frame.phase;
  if (status === 'failed') {
    const stage = frame.lastNode ?? '?';
    const reason: StatusReason =
      failure?.failure_class === 'transient_infra'
        ? 'transient_infra'
        : failure?.failure_class === 'budget_exhausted'
          ? 'budget_exhausted'
          : 'workflow_error';
    const why = failure === undefined ? '' : `: ${failure.message}`;
    return {
      ...NOTHING,
      conclusion: {
        status: 'failed',
        reason,
        error: `stage ${stage} failed with no outgoing fail edge${why}`,
      },
    };
  }
  const gates = checkGoalGates(world.graph, frame);
  if (gates.kind === 'failed')
    return {
      ...NOTHING,
      conclusion: { status: 'failed', reason: 'workflow_error', error: gates.message },
    };
  if (gates.kind === 'retry')
    return { ...NOTHING, events: [goalGateEdge(frame, gates.gate, gates.to)] };
  return { ...NOTHING, conclusion: success(frame) };
}

/** A run that ends well while some node's latest outcome is partial or failed is a partial success. */
function success(frame: Frame): Conclusion {
  const bad = [...frame.outcomes.values()].some(
    (o) => o.status === 'failed' || o.status === 'partially_succeeded',
  );
  return { status: 'completed', reason: bad ? 'partial_success' : 'completed' };
}

/** The frame that an act belongs to. */
export function actFrame(state: RunState, act: Act): Frame {
  return frameOf(state, act.frame);
}
