/** From the edge to the node: joins, exits, goal gates, hooks, and the first event of an attempt. */
import { stageId, type EventDraft, type Outcome } from '@fabro/protocol';
import { isTerminalNode } from '@fabro/workflow';
import { checkGoalGates } from '../goal-gates.js';
import { joinOf } from '../join.js';
import { retryPolicy } from '../retry-policy.js';
import { stageScope } from '../scope.js';
import { settleAttempt } from '../settle.js';
import type { Frame, OpenStage, RunState } from '../state.js';
import { endBranch, joinFor } from './branch.js';
import { atExit, goalGateEdge } from './conclude.js';
import { NOTHING, type DecideFacts, type Decision, type World } from './decision.js';
import { hasHooks, passGate } from './gate.js';
import { runPoint, stagePoint } from './hook-points.js';
import { graphOf, nodeOf, stageInput } from './stage-input.js';

export function enter(
  world: World,
  state: RunState,
  frame: Frame,
  id: string,
  facts: DecideFacts,
): Decision {
  const begun = id === '' && hasHooks(world) ? beforeTheFirst(world, state, frame) : undefined;
  if (begun !== undefined) return begun;
  const graph = graphOf(world, frame);
  const nodeId = id === '' ? startOf(world) : id;
  if (frame.branch !== undefined && nodeId === joinFor(world, frame))
    return { ...NOTHING, events: [endBranch(world, state, frame, facts)] };
  const node = nodeOf(world, frame, nodeId);
  if (isTerminalNode(node)) {
    if (frame.branch !== undefined)
      return { ...NOTHING, events: [endBranch(world, state, frame, facts)] };
    const gates = checkGoalGates(graph, frame);
    // Whoever resumes a run that failed for a gate has mended something: the gate is asked again.
    if (gates.kind === 'failed' && frame.phase.kind === 'at' && frame.phase.resumed === true)
      return { ...NOTHING, events: [goalGateEdge(frame, gates.gate, gates.gate)] };
    if (gates.kind !== 'open') return atExit(world, state, frame, facts);
  }
  const visit = (state.visits.get(nodeId) ?? 0) + 1;
  return startAttempt(
    world,
    state,
    frame,
    {
      node: nodeId,
      visit,
      stageId: stageId(nodeId, visit),
      handlerType: node.handler,
      attempt: 1,
      maxAttempts: retryPolicy(graph, node).maxAttempts,
      interruptions: 0,
      index: state.completed,
      startedAtMs: facts.nowMs,
      epoch: state.epoch,
      openedSeq: 0,
    },
    facts,
  );
}

function startOf(world: World): string {
  if (world.graph.startId === undefined)
    throw new Error(`the graph ${world.graph.name} has no start node`);
  return world.graph.startId;
}

/** Hooks of the run's beginning; undefined when all have spoken. */
function beforeTheFirst(world: World, state: RunState, frame: Frame): Decision | undefined {
  for (const event of ['sandbox_ready', 'run_start'] as const) {
    const passage = passGate(world, state, frame, runPoint(world, state, event));
    if (!passage.open) return passage.step;
  }
  return undefined;
}

/** The attempt begins, unless a hook has it skipped; one that blocks it ends the run (`stopReason`). */
export function startAttempt(
  world: World,
  state: RunState,
  frame: Frame,
  stage: OpenStage,
  facts: DecideFacts,
): Decision {
  const input = stageInput(world, state, frame, stage);
  const passage = hasHooks(world)
    ? passGate(
        world,
        state,
        frame,
        stagePoint(world, state, frame, stage, input.node, 'stage_start'),
      )
    : undefined;
  if (passage?.open === false) return passage.step;
  const handler = world.handlerOf(input.node);
  const started: EventDraft = {
    ...stageScope(frame, stage, input.node),
    event: 'stage.started',
    properties: {
      index: stage.index,
      handler_type: stage.handlerType,
      attempt: stage.attempt,
      max_attempts: stage.maxAttempts,
      visit: visitOf(frame, stage),
    },
  };
  if (passage?.decision.decision === 'skip')
    return { ...NOTHING, events: [started, ...skipped(input, passage.decision.reason, facts)] };
  const more =
    handler.kind === 'acted' && !world.settings.dryRun ? (handler.starting?.(input) ?? []) : [];
  return { ...NOTHING, events: [started, ...more] };
}

/** A first attempt is a visit that has not been counted yet. */
function visitOf({ counters }: Frame, { node, attempt }: OpenStage): number {
  const counted = counters.visits.get(node) ?? 0;
  return attempt === 1 ? counted + 1 : counted;
}

function skipped(
  input: ReturnType<typeof stageInput>,
  reason: string | undefined,
  facts: DecideFacts,
): readonly EventDraft[] {
  const notes = `skipped by a hook${reason === undefined ? '' : `: ${reason}`}`;
  // The edges of a parallel node are its branches: without them it goes on where they would have met.
  const join = input.node.handler === 'parallel' ? joinOf(input.graph, input.node.id) : undefined;
  const outcome: Outcome = {
    status: 'skipped',
    notes,
    ...(join === undefined ? {} : { jump_to_node: join }),
  };
  return settleAttempt(input, { outcome, retryable: false }, facts);
}
