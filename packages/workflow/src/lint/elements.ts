/** What rules about attributes walk over: the graph, then its nodes, then its edges. */
import type { AttributeScope } from '../catalogue/attribute-spec.js';
import type { Attributed } from '../graph/attributes.js';
import type { Graph, GraphEdge, GraphNode } from '../graph/graph.js';

export interface Element extends Attributed {
  readonly scope: AttributeScope;
  /** As messages begin: `Node 'x'`, `Edge a -> b`, `Graph`. */
  readonly name: string;
  readonly node?: GraphNode;
  readonly edge?: GraphEdge;
}

export function* elements(graph: Graph): Generator<Element> {
  yield { scope: 'graph', name: 'Graph', attributes: graph.attributes };
  for (const node of graph.nodes.values())
    yield { scope: 'node', name: nodeName(node), attributes: node.attributes, node };
  for (const edge of graph.edges)
    yield { scope: 'edge', name: edgeName(edge), attributes: edge.attributes, edge };
}

export function nodeName(node: GraphNode): string {
  return `Node '${node.id}'`;
}

export function edgeName(edge: GraphEdge): string {
  return `Edge ${edge.from} -> ${edge.to}`;
}
