import { outgoing } from '../../graph/graph.js';
import type { Rule } from '../rule.js';

export const exitNoOutgoing: Rule = {
  name: 'exit_no_outgoing',
  severity: 'error',
  doc: 'An edge leaves the exit node.',
  source: '§2',
  *check({ graph }) {
    const node = graph.nodes.get(graph.exitId ?? '');
    const edges = node === undefined ? [] : outgoing(graph, node.id);
    if (node !== undefined && edges.length > 0)
      yield {
        message: `Exit node '${node.id}' has ${edges.length} outgoing edge(s) but must have none`,
        node,
        fix: 'Remove the edges; a run ends at its exit node',
        position: edges[0]?.position,
      };
  },
};
