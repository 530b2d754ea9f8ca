import { incoming } from '../../graph/graph.js';
import type { Rule } from '../rule.js';

export const startNoIncoming: Rule = {
  name: 'start_no_incoming',
  severity: 'error',
  doc: 'An edge leads to the start node.',
  source: '§2',
  *check({ graph }) {
    const node = graph.nodes.get(graph.startId ?? '');
    const edges = node === undefined ? [] : incoming(graph, node.id);
    if (node !== undefined && edges.length > 0)
      yield {
        message: `Start node '${node.id}' has ${edges.length} incoming edge(s) but must have none`,
        node,
        fix: 'Lead the edges to the node after the start node',
        position: edges[0]?.position,
      };
  },
};
