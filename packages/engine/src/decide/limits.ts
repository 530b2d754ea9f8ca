/** What ends a walk because it goes round in circles (engine reference §4.3, §4.5), pure. */
import { attr, isTerminalNode, type Graph, type GraphNode } from '@fabro/workflow';
import { DEFAULT_SIGNATURE_LIMIT, DRY_RUN_VISITS } from '../limits.js';
import type { Frame, RunState } from '../state.js';
import { joinFor } from './branch.js';
import type { World } from './decision.js';
import { hasHooks, passGate } from './gate.js';
import { edgePoint } from './hook-points.js';
import { graphOf, nodeOf } from './stage-input.js';

/** Why this frame may not go on; undefined when it may. */
export function limitFailure(world: World, state: RunState, frame: Frame): string | undefined {
  const graph = graphOf(world, frame);
  switch (frame.phase.kind) {
    case 'at':
      return stuck(world, graph, frame, frame.phase.node);
    case 'settled':
      return repeatedFailure(graph, frame) ?? restartRefusal(world, state, graph, frame);
    case 'preparing':
    case 'running':
    case 'waiting':
    case 'ended':
      return undefined;
  }
}

function stuck(world: World, graph: Graph, frame: Frame, id: string): string | undefined {
  const node = graph.nodes.get(id);
  // At its join a branch ends; only the frame above visits the node.
  if (node === undefined || isTerminalNode(node)) return undefined;
  const limit = visitLimit(world, graph, node);
  if (limit === undefined) return undefined;
  const visits = frame.counters.visits.get(id) ?? 0;
  if (visits < limit.count || id === joinFor(world, frame)) return undefined;
  return `node "${id}" visited ${visits + 1} times (${limit.of} limit ${limit.count}); run is stuck in a cycle`;
}

function visitLimit(
  world: World,
  graph: Graph,
  node: GraphNode,
): { readonly count: number; readonly of: 'node' | 'graph' } | undefined {
  const own = attr.integer(node, 'max_visits');
  if (own !== undefined && own > 0) return { count: own, of: 'node' };
  const all = attr.integer(graph, 'max_node_visits') ?? 0;
  if (all > 0) return { count: all, of: 'graph' };
  return world.settings.dryRun ? { count: DRY_RUN_VISITS, of: 'graph' } : undefined;
}

/** The circuit breaker: the same deterministic failure as often as the graph allows. */
function repeatedFailure(graph: Graph, frame: Frame): string | undefined {
  if (frame.counters.failures.size === 0 || frame.phase.kind !== 'settled') return undefined;
  const { outcome, stage } = frame.phase;
  if (stage.handlerType === 'conditional') return undefined;
  const signature = outcome.failure?.failure_signature;
  const times = signature === undefined ? 0 : (frame.counters.failures.get(signature) ?? 0);
  const limit = signatureLimit(graph);
  if (times < limit) return undefined;
  return `deterministic failure cycle detected: signature ${signature ?? ''} repeated ${times} times (limit ${limit})`;
}

/** A loop begins again only after failures of the infrastructure, and not for ever after the same one. */
function restartRefusal(
  world: World,
  state: RunState,
  graph: Graph,
  frame: Frame,
): string | undefined {
  if (frame.phase.kind !== 'settled' || frame.phase.route?.edge === undefined) return undefined;
  const { outcome, route } = frame.phase;
  const edge = graph.edges[route.edge ?? -1];
  if (edge === undefined || attr.boolean(edge, 'loop_restart') !== true) return undefined;
  if (outcome.status !== 'failed' || !edgeStands(world, state, frame)) return undefined;
  const { failure } = outcome;
  const failureClass = failure?.failure_class ?? 'deterministic';
  if (failureClass !== 'transient_infra')
    return `loop_restart blocked: failure_class=${failureClass} (requires transient_infra), failure_reason=${failure?.message ?? ''}`;
  const signature = failure?.failure_signature ?? '';
  const times = (frame.counters.restarts.get(signature) ?? 0) + 1;
  const limit = signatureLimit(graph);
  if (times < limit) return undefined;
  return `loop_restart circuit breaker: signature ${signature} repeated ${times} times (limit ${limit})`;
}

/** False while hooks may still send the walk over another edge, and when they have. */
function edgeStands(world: World, state: RunState, frame: Frame): boolean {
  if (!hasHooks(world) || frame.phase.kind !== 'settled' || frame.phase.route === undefined)
    return true;
  const { stage, route } = frame.phase;
  const node = nodeOf(world, frame, stage.node);
  const passage = passGate(world, state, frame, edgePoint(world, state, frame, stage, node, route));
  return passage.open && passage.decision.decision !== 'override';
}

function signatureLimit(graph: Graph): number {
  const limit = attr.integer(graph, 'loop_restart_signature_limit');
  return limit === undefined || limit < 1 ? DEFAULT_SIGNATURE_LIMIT : limit;
}
