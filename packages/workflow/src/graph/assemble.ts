/** Puts a graph together: indexes, start and exit, handler types, parsed conditions. */
import type { ConditionParse } from '../conditions/condition.js';
import { parseCondition } from '../conditions/parse.js';
import type { Position } from '../text/position.js';
import { type Attributes, attr } from './attributes.js';
import type { Cluster, EdgeCondition, Graph, GraphEdge, GraphNode } from './graph.js';
import { type HandlerType, resolveHandlerType } from './handler-type.js';

/** A node before it is part of a graph; one of another graph keeps its object where it stays the same. */
export type NodeParts = Omit<GraphNode, 'handler'> & Partial<Pick<GraphNode, 'handler'>>;
/** An edge before it is part of a graph; one of another graph has its index, and its condition holds. */
export type EdgeParts = Omit<GraphEdge, 'index' | 'condition'> & Partial<GraphEdge>;

interface GraphParts {
  readonly name: string;
  readonly attributes: Attributes;
  readonly nodes: readonly NodeParts[];
  readonly edges: readonly EdgeParts[];
  readonly clusters: readonly Cluster[];
  readonly position: Position;
}

/** Ids that mean start or exit when no node has the shape for it. */
export const START_IDS = ['start', 'Start'];
export const EXIT_IDS = ['exit', 'Exit', 'end', 'End'];

/** The graph of its parts. Every node that an edge names should be among them; lint reports others. */
export function assembleGraph(parts: GraphParts): Graph {
  const startIds = endpointIds(parts.nodes, 'start');
  const exitIds = endpointIds(parts.nodes, 'exit');
  const nodes = new Map<string, GraphNode>();
  for (const node of parts.nodes) {
    const { id } = node;
    const byId = id === startIds[0] ? 'start' : id === exitIds[0] ? 'exit' : undefined;
    const handler = resolveHandlerType(node, byId);
    nodes.set(id, isResolved(node, handler) ? node : { ...node, handler });
  }
  const edges = indexedEdges(parts.edges);
  return {
    name: parts.name,
    attributes: parts.attributes,
    nodes,
    edges,
    clusters: parts.clusters,
    outgoingByNode: edgesBy(edges, 'from'),
    incomingByNode: edgesBy(edges, 'to'),
    startId: startIds[0],
    exitId: exitIds[0],
    position: parts.position,
  };
}

function isResolved(node: NodeParts, handler: HandlerType): node is GraphNode {
  return node.handler === handler;
}

/**
 * The nodes that claim to be start (or exit), in order: those of the shape for it, and if there are none,
 * those of an id for it, in the order of preference of the ids.
 */
export function endpointIds(
  nodes: Iterable<Pick<GraphNode, 'id' | 'attributes'>>,
  endpoint: 'start' | 'exit',
): string[] {
  const shape = endpoint === 'start' ? 'Mdiamond' : 'Msquare';
  const names = endpoint === 'start' ? START_IDS : EXIT_IDS;
  const byShape: string[] = [];
  const byName = new Set<string>();
  for (const node of nodes) {
    if (attr.string(node, 'shape') === shape) byShape.push(node.id);
    if (names.includes(node.id)) byName.add(node.id);
  }
  return byShape.length > 0 ? byShape : names.filter((name) => byName.has(name));
}

function edgesBy(edges: readonly GraphEdge[], end: 'from' | 'to'): Map<string, GraphEdge[]> {
  const byNode = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const group = byNode.get(edge[end]);
    if (group === undefined) byNode.set(edge[end], [edge]);
    else group.push(edge);
  }
  return byNode;
}

/** Gives edges their position and condition; equal conditions are parsed once. */
function indexedEdges(parts: readonly EdgeParts[]): GraphEdge[] {
  const parses = new Map<string, ConditionParse>();
  const parseOnce = (text: string): ConditionParse => {
    const known = parses.get(text) ?? parseCondition(text);
    parses.set(text, known);
    return known;
  };
  return parts.map((part, index) => {
    if (isIndexed(part, index)) return part;
    const { from, to, attributes, position } = part;
    const written = attributes.get('condition');
    if (written?.kind !== 'string' || written.value.trim() === '')
      return { index, from, to, attributes, position };
    const condition: EdgeCondition = {
      text: written.value,
      parse: parseOnce(written.value),
      position: written.position,
    };
    return { index, from, to, attributes, condition, position };
  });
}

function isIndexed(part: EdgeParts, index: number): part is GraphEdge {
  return part.index === index;
}

/** Where an attribute belongs. */
export type Owner =
  | { readonly kind: 'graph' }
  | { readonly kind: 'node'; readonly id: string }
  | { readonly kind: 'edge'; readonly from: string; readonly to: string };

/**
 * The same graph with attributes replaced; indexes, types and conditions are made anew. The graph itself when
 * `map` gives back all that it is given.
 */
export function mapAttributes(
  graph: Graph,
  map: (attributes: Attributes, owner: Owner) => Attributes,
): Graph {
  const attributes = map(graph.attributes, { kind: 'graph' });
  let changed = attributes !== graph.attributes;
  const nodes: NodeParts[] = [];
  for (const node of graph.nodes.values()) {
    const mapped = map(node.attributes, { kind: 'node', id: node.id });
    if (mapped !== node.attributes) changed = true;
    nodes.push(mapped === node.attributes ? node : { ...node, attributes: mapped });
  }
  const edges: EdgeParts[] = graph.edges.map((edge) => {
    const { from, to, position } = edge;
    const mapped = map(edge.attributes, { kind: 'edge', from, to });
    if (mapped === edge.attributes) return edge;
    changed = true;
    return { from, to, position, attributes: mapped };
  });
  return changed ? assembleGraph({ ...graph, attributes, nodes, edges }) : graph;
}
