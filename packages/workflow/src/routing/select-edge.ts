/** Where a walk goes after a stage (engine reference §4.1): a pure decision. */
import type { StageStatus } from '@fabro/protocol';
import { type ContextLookup, conditionHolds } from '../conditions/evaluate.js';
import { attr } from '../graph/attributes.js';
import { type Graph, type GraphEdge, type GraphNode, outgoing } from '../graph/graph.js';
import { normalizeLabel } from './labels.js';
import { retryTargetOf } from './retry-target.js';

export interface RoutingOutcome {
  readonly status: StageStatus;
  readonly preferredLabel?: string | undefined;
  readonly suggestedNextIds?: readonly string[] | undefined;
  readonly jumpToNode?: string | undefined;
}

export interface RoutingInput {
  readonly graph: Graph;
  readonly node: GraphNode;
  readonly outcome: RoutingOutcome;
  readonly context: ContextLookup;
  /** A number from 0 up to but without 1; asked only where the node has `selection=random`. */
  readonly random: () => number;
}

export type EdgeReason = 'condition' | 'preferred_label' | 'suggested_next' | 'unconditional';

export type Selection =
  /** The outcome names the next node itself. */
  | { readonly kind: 'jump'; readonly to: string; readonly reason: 'jump' }
  | {
      readonly kind: 'edge';
      readonly edge: GraphEdge;
      readonly to: string;
      readonly reason: EdgeReason;
    }
  /** No edge fits a failed outcome, and a retry target exists; there is no edge.selected event. */
  | { readonly kind: 'retry_target'; readonly to: string }
  /** The walk ends here; `missing_jump_target` is a defect of the handler that asked for it. */
  | { readonly kind: 'none'; readonly cause: 'no_edge' | 'missing_jump_target' };

/** Selects what follows `node`. */
export function selectEdge(input: RoutingInput): Selection {
  const { graph, outcome, node } = input;
  const jump = outcome.jumpToNode;
  if (jump !== undefined)
    return graph.nodes.has(jump)
      ? { kind: 'jump', to: jump, reason: 'jump' }
      : { kind: 'none', cause: 'missing_jump_target' };
  const selected = selectAmongEdges(input);
  if (selected !== undefined) return { kind: 'edge', to: selected.edge.to, ...selected };
  const target = outcome.status === 'failed' ? retryTargetOf(graph, node) : undefined;
  return target === undefined
    ? { kind: 'none', cause: 'no_edge' }
    : { kind: 'retry_target', to: target };
}

type Selected = { readonly edge: GraphEdge; readonly reason: EdgeReason };

function selectAmongEdges(input: RoutingInput): Selected | undefined {
  const { graph, node, outcome, context } = input;
  const edges = outgoing(graph, node.id);
  const subject = { outcome: outcome.status, preferredLabel: outcome.preferredLabel, context };
  const holding = edges.filter(
    (edge) => edge.condition !== undefined && conditionHolds(edge.condition.parse, subject),
  );
  const byCondition = pick(holding, input);
  if (byCondition !== undefined) return { edge: byCondition, reason: 'condition' };

  const unconditional = edges.filter((edge) => edge.condition === undefined);
  const preference = normalizeLabel(outcome.preferredLabel ?? '');
  const suggestions = outcome.suggestedNextIds ?? [];
  if (preference !== '') {
    const edge = unconditional.find((candidate) => normalizedLabel(candidate) === preference);
    if (edge !== undefined) return { edge, reason: 'preferred_label' };
  }
  if (suggestions.length > 0) {
    const edge = firstSuggested(unconditional, suggestions);
    if (edge !== undefined) return { edge, reason: 'suggested_next' };
  }
  const undecided = preference === '' && suggestions.length === 0;
  // A gate that nobody answered must not open by itself.
  if (outcome.status === 'failed' && node.handler === 'human' && undecided) return undefined;
  const edge = pick(unconditional, input);
  return edge && { edge, reason: 'unconditional' };
}

function normalizedLabel(edge: GraphEdge): string {
  return normalizeLabel(attr.string(edge, 'label') ?? '');
}

function firstSuggested(
  edges: readonly GraphEdge[],
  suggestions: readonly string[],
): GraphEdge | undefined {
  const byTarget = new Map<string, GraphEdge>();
  for (const edge of edges) if (!byTarget.has(edge.to)) byTarget.set(edge.to, edge);
  for (const id of suggestions) {
    const edge = byTarget.get(id);
    if (edge !== undefined) return edge;
  }
  return undefined;
}

/** Highest weight, then lexically smallest target; or at random by weight. */
function pick(edges: readonly GraphEdge[], input: RoutingInput): GraphEdge | undefined {
  if (edges.length > 1 && attr.string(input.node, 'selection') === 'random')
    return pickAtRandom(edges, input.random());
  return edges.reduce<GraphEdge | undefined>(
    (best, edge) => (best === undefined || precedes(edge, best) ? edge : best),
    undefined,
  );
}

function precedes(edge: GraphEdge, other: GraphEdge): boolean {
  const difference = weight(edge) - weight(other);
  return difference > 0 || (difference === 0 && edge.to < other.to);
}

function weight(edge: GraphEdge): number {
  return attr.number(edge, 'weight') ?? 0;
}

function pickAtRandom(edges: readonly GraphEdge[], random: number): GraphEdge | undefined {
  const shares = edges.map((edge) => (weight(edge) > 0 ? weight(edge) : 1));
  let left = random * shares.reduce((sum, share) => sum + share, 0);
  for (const [index, share] of shares.entries()) {
    left -= share;
    if (left < 0) return edges[index];
  }
  // Rounding can leave a rest of zero.
  return edges.at(-1);
}
