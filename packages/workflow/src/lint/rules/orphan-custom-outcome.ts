import { routesOnOutcome } from '../../conditions/condition.js';
import { type GraphEdge, outgoing } from '../../graph/graph.js';
import type { Rule } from '../rule.js';

export const orphanCustomOutcome: Rule = {
  name: 'orphan_custom_outcome',
  severity: 'warning',
  doc: 'A node routes by its outcome and has no edge for the other outcomes.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const edges = outgoing(graph, node.id);
      if (edges.every((edge) => edge.condition !== undefined) && edges.some(routesByOutcome))
        yield {
          message: `Node '${node.id}' uses outcome-based routing but has no unconditional fallback edge`,
          node,
          fix: `Add an edge from '${node.id}' without a condition`,
        };
    }
  },
};

function routesByOutcome({ condition }: GraphEdge): boolean {
  return condition?.parse.ok === true && routesOnOutcome(condition.parse.condition);
}
