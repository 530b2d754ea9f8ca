import { attr } from '../../graph/attributes.js';
import { outgoing } from '../../graph/graph.js';
import type { Rule } from '../rule.js';

export const freeformEdgeCount: Rule = {
  name: 'freeform_edge_count',
  severity: 'error',
  doc: 'A human gate has more than one `freeform` edge.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      if (node.handler !== 'human') continue;
      const edges = outgoing(graph, node.id).filter(
        (edge) => attr.boolean(edge, 'freeform') === true,
      );
      if (edges.length > 1)
        yield {
          message: `Human node '${node.id}' has ${edges.length} freeform edges but must have at most one`,
          node,
          fix: 'Keep freeform=true on one edge',
          position: edges[1]?.position,
        };
    }
  },
};
