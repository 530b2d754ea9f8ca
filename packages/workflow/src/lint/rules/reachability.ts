import { attr } from '../../graph/attributes.js';
import { type Graph, type GraphNode, outgoing } from '../../graph/graph.js';
import { RETRY_TARGETS } from '../../routing/retry-target.js';
import type { Rule } from '../rule.js';

/** A node counts as reached by edges and as the retry target of a reached node or of the graph. */
export const reachability: Rule = {
  name: 'reachability',
  severity: 'warning',
  doc: 'No way leads from the start to a node, by edges or retry targets.',
  source: '§2',
  *check({ graph }) {
    const start = graph.nodes.get(graph.startId ?? '');
    if (start === undefined) return;
    const reached = reachedFrom(graph, start);
    const lost = [...graph.nodes.values()].filter((node) => !reached.has(node.id));
    for (const node of lost.sort((a, b) => (a.id < b.id ? -1 : 1)))
      yield {
        message: `Node '${node.id}' is not reachable from the start node`,
        node,
        fix: `Add an edge to '${node.id}' or remove it`,
      };
  },
};

function reachedFrom(graph: Graph, start: GraphNode): Set<string> {
  const reached = new Set<string>();
  const open = [start.id, ...retryTargets(graph)];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = graph.nodes.get(id);
    if (node === undefined || reached.has(id)) continue;
    reached.add(id);
    for (const edge of outgoing(graph, id)) open.push(edge.to);
    open.push(...retryTargets(node));
  }
  return reached;
}

function retryTargets(owner: Graph | GraphNode): string[] {
  return RETRY_TARGETS.flatMap((key) => attr.string(owner, key) ?? []);
}
