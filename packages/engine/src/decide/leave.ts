/** From a settled stage to the next node: the edge, what hooks say of it, and the checkpoint. */
import type { EventDraft } from '@fabro/protocol';
import { attr, retryTargetOf, selectEdge, type GraphNode, type Selection } from '@fabro/workflow';
import { contextValue } from '../context-view.js';
import { frameScope, stageScope } from '../scope.js';
import type { Frame, OpenStage, RecordedOutcome, Route, RunState } from '../state.js';
import { endFrame } from './branch.js';
import { NOTHING, type DecideFacts, type Decision, type World } from './decision.js';
import { hasHooks, passGate } from './gate.js';
import { edgePoint } from './hook-points.js';
import { limitFailure } from './limits.js';
import { graphOf, nodeOf } from './stage-input.js';

export function leave(world: World, state: RunState, frame: Frame, facts: DecideFacts): Decision {
  if (frame.phase.kind !== 'settled') return NOTHING;
  const { stage, outcome, route } = frame.phase;
  const node = nodeOf(world, frame, stage.node);
  if (route !== undefined) return follow(world, state, frame, stage, node, outcome, route);
  const selection = wayOn(world, state, frame, node, outcome, facts);
  switch (selection.kind) {
    case 'none': {
      const events = [checkpoint(frame, stage, node, outcome, undefined)];
      if (frame.branch !== undefined)
        events.push(endFrame(world, state, frame, { status: outcome.status }, facts));
      return { ...NOTHING, events };
    }
    case 'retry_target':
      return { ...NOTHING, events: [checkpoint(frame, stage, node, outcome, selection.to)] };
    case 'jump':
    case 'edge': {
      const edge = selection.kind === 'edge' ? selection.edge : undefined;
      const selected = edgeSelected(frame, node, outcome, selection);
      const restarts = edge !== undefined && attr.boolean(edge, 'loop_restart') === true;
      // What may be refused or overridden is recorded first: it is not decided twice.
      if (restarts || hasHooks(world)) return { ...NOTHING, events: [selected] };
      return {
        ...NOTHING,
        events: [selected, checkpoint(frame, stage, node, outcome, selection.to)],
      };
    }
  }
}

/** The edge is recorded: hooks may override it, and it may begin the loop again. */
function follow(
  world: World,
  state: RunState,
  frame: Frame,
  stage: OpenStage,
  node: GraphNode,
  outcome: RecordedOutcome,
  route: Route,
): Decision {
  const passage = passGate(world, state, frame, edgePoint(world, state, frame, stage, node, route));
  if (!passage.open) return passage.step;
  const { decision } = passage;
  if (decision.decision === 'override' && decision.edge_to !== route.to)
    return overridden(world, frame, stage, node, outcome, route, decision.edge_to);
  const edge = route.edge === undefined ? undefined : graphOf(world, frame).edges[route.edge];
  const saved = checkpoint(frame, stage, node, outcome, route.to);
  if (edge === undefined || attr.boolean(edge, 'loop_restart') !== true)
    return { ...NOTHING, events: [saved] };
  // A restart that is refused ends the walk (`stopReason`).
  if (limitFailure(world, state, frame) !== undefined) return NOTHING;
  return { ...NOTHING, events: [saved, ...restart(state, frame, node, outcome, route)] };
}

function overridden(
  world: World,
  frame: Frame,
  stage: OpenStage,
  node: GraphNode,
  outcome: RecordedOutcome,
  route: Route,
  to: string,
): Decision {
  if (!graphOf(world, frame).nodes.has(to)) {
    const notice: EventDraft = {
      event: 'run.notice',
      properties: {
        level: 'warn',
        code: 'hook_override_unknown',
        message: `a hook wants the run to go from "${node.id}" to "${to}", which the workflow does not have; it goes to "${route.to}"`,
      },
    };
    return { ...NOTHING, events: [notice, checkpoint(frame, stage, node, outcome, route.to)] };
  }
  const selected: EventDraft = {
    ...frameScope(frame),
    event: 'edge.selected',
    properties: {
      from_node: node.id,
      to_node: to,
      reason: 'hook',
      stage_status: outcome.status,
      is_jump: true,
    },
  };
  return { ...NOTHING, events: [selected, checkpoint(frame, stage, node, outcome, to)] };
}

/** The root repeats the beginning of the run, so that readers see a run that begins. */
function restart(
  state: RunState,
  frame: Frame,
  node: GraphNode,
  outcome: RecordedOutcome,
  route: Route,
): readonly EventDraft[] {
  const signature = outcome.status === 'failed' ? outcome.failure?.failure_signature : undefined;
  const again: EventDraft = {
    ...frameScope(frame),
    event: 'loop.restart',
    properties: {
      from_node: node.id,
      to_node: route.to,
      ...(signature === undefined ? {} : { failure_signature: signature }),
    },
  };
  if (frame.branch !== undefined || frame.child !== undefined) return [again];
  const { git } = state;
  const started: EventDraft = {
    event: 'run.started',
    properties: {
      name: state.name,
      restarted: true,
      ...(state.goal === undefined ? {} : { goal: state.goal }),
      ...(git === undefined ? {} : { base_sha: git.baseSha, run_branch: git.runBranch }),
      ...(git?.baseBranch === undefined ? {} : { base_branch: git.baseBranch }),
      ...(frame.worktreeDir === undefined ? {} : { worktree_dir: frame.worktreeDir }),
    },
  };
  return [again, started, { event: 'run.running', properties: {} }];
}

function checkpoint(
  frame: Frame,
  stage: OpenStage,
  node: GraphNode,
  outcome: RecordedOutcome,
  next: string | undefined,
): EventDraft {
  return {
    ...stageScope(frame, stage, node),
    event: 'checkpoint.completed',
    properties: {
      status: outcome.status,
      current_node: node.id,
      ...(next === undefined ? {} : { next_node_id: next }),
      ...(frame.headSha === undefined ? {} : { git_commit_sha: frame.headSha }),
    },
  };
}

function edgeSelected(
  frame: Frame,
  node: GraphNode,
  outcome: RecordedOutcome,
  selection: Extract<Selection, { kind: 'edge' | 'jump' }>,
): EventDraft {
  const edge = selection.kind === 'edge' ? selection.edge : undefined;
  const label = edge === undefined ? undefined : attr.string(edge, 'label');
  return {
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
      ...(edge === undefined ? {} : { edge_index: edge.index }),
    },
  };
}

/** The edges of a parallel node are its branches: its own way on is the join, or the retry target. */
function wayOn(
  world: World,
  state: RunState,
  frame: Frame,
  node: GraphNode,
  outcome: RecordedOutcome,
  facts: DecideFacts,
): Selection {
  const graph = graphOf(world, frame);
  if (node.handler === 'parallel' && outcome.jumpToNode === undefined) {
    const to = outcome.status === 'failed' ? retryTargetOf(graph, node) : undefined;
    return to === undefined ? { kind: 'none', cause: 'no_edge' } : { kind: 'retry_target', to };
  }
  return selectEdge({
    graph,
    node,
    outcome,
    context: (key) => contextValue(world, state, frame, key, facts.materialise),
    random: facts.random,
  });
}
