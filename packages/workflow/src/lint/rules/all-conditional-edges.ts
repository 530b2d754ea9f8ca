import { outgoing } from '../../graph/graph.js';
import type { Rule } from '../rule.js';

export const allConditionalEdges: Rule = {
  name: 'all_conditional_edges',
  severity: 'error',
  doc: 'A node has conditional edges only, so there may be no way on.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const edges = outgoing(graph, node.id);
      if (edges.length > 0 && edges.every((edge) => edge.condition !== undefined))
        yield {
          message: `Node '${node.id}' has all conditional outgoing edges with no unconditional fallback`,
          node,
          fix: `Add an edge from '${node.id}' without a condition`,
        };
    }
  },
};
