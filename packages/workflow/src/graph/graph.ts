/** A workflow as a graph: plain data, with maps so that every question a walk asks is answered at once. */
import type { ConditionParse } from '../conditions/condition.js';
import type { Position } from '../text/position.js';
import { type Attributed, type Attributes, attr } from './attributes.js';
import type { HandlerType } from './handler-type.js';

export interface GraphNode extends Attributed {
  readonly id: string;
  /** Style classes: of the subgraph first, then of the node's own `class`. */
  readonly classes: readonly string[];
  readonly handler: HandlerType;
  /** The first statement about the node itself, else its first mention in an edge. */
  readonly position: Position;
}

export interface EdgeCondition {
  readonly text: string;
  readonly parse: ConditionParse;
  readonly position: Position;
}

export interface GraphEdge extends Attributed {
  /** Position in source order, from 0. */
  readonly index: number;
  readonly from: string;
  readonly to: string;
  /** Absent when the edge has none, or a blank one. */
  readonly condition?: EdgeCondition;
  readonly position: Position;
}

/** A subgraph, for pictures: it has no meaning to a run beyond the classes that it gave. */
export interface Cluster {
  readonly label: string | undefined;
  /** Nodes first mentioned directly inside. */
  readonly nodes: readonly string[];
  readonly clusters: readonly Cluster[];
}

export interface Graph extends Attributed {
  readonly name: string;
  /** In order of first mention. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** In source order. */
  readonly edges: readonly GraphEdge[];
  readonly clusters: readonly Cluster[];
  readonly outgoingByNode: ReadonlyMap<string, readonly GraphEdge[]>;
  readonly incomingByNode: ReadonlyMap<string, readonly GraphEdge[]>;
  /** First node of shape Mdiamond, else `start` or `Start`. */
  readonly startId: string | undefined;
  /** First node of shape Msquare, else `exit`, `Exit`, `end` or `End`. */
  readonly exitId: string | undefined;
  readonly position: Position;
}

const NO_EDGES: readonly GraphEdge[] = [];

/** The edges that leave a node, in source order; none for an unknown node. */
export function outgoing(graph: Graph, nodeId: string): readonly GraphEdge[] {
  return graph.outgoingByNode.get(nodeId) ?? NO_EDGES;
}

/** The edges that enter a node, in source order; none for an unknown node. */
export function incoming(graph: Graph, nodeId: string): readonly GraphEdge[] {
  return graph.incomingByNode.get(nodeId) ?? NO_EDGES;
}

/** The goal as it stands in the graph; undefined when there is none. */
export function goalOf(graph: Graph): string | undefined {
  return attr.string(graph, 'goal');
}

/** What a node is called: its label, else its id. */
export function labelOf(node: GraphNode): string {
  return attr.string(node, 'label') ?? node.id;
}

/** True for a node at which a run ends. */
export function isTerminalNode(node: GraphNode): boolean {
  return node.handler === 'exit' || attr.string(node, 'shape') === 'Msquare';
}

/**
 * The same graph with other attributes of its nodes. For attributes that say nothing about type, start, exit
 * or edges: those are not made anew.
 */
export function withNodeAttributes(graph: Graph, map: (node: GraphNode) => Attributes): Graph {
  const nodes = new Map<string, GraphNode>();
  for (const node of graph.nodes.values()) {
    const attributes = map(node);
    nodes.set(node.id, attributes === node.attributes ? node : { ...node, attributes });
  }
  return { ...graph, nodes };
}
