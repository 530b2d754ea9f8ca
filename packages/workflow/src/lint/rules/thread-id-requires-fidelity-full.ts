import { attr } from '../../graph/attributes.js';
import { edgeName, nodeName } from '../elements.js';
import type { Rule } from '../rule.js';

const FULL = 'full';

export const threadIdRequiresFidelityFull: Rule = {
  name: 'thread_id_requires_fidelity_full',
  severity: 'warning',
  doc: 'A thread is named where nothing is continued, because the fidelity is not `full`.',
  source: '§2',
  *check({ graph }) {
    const byDefault = attr.string(graph, 'default_fidelity');
    for (const node of graph.nodes.values())
      if (
        attr.string(node, 'thread_id') !== undefined &&
        (attr.string(node, 'fidelity') ?? byDefault) !== FULL
      )
        yield {
          message: `${nodeName(node)} has thread_id but fidelity is not 'full'`,
          node,
          fix: `Add fidelity=full to node '${node.id}', or remove thread_id`,
          position: attr.position(node, 'thread_id'),
        };
    for (const edge of graph.edges) {
      if (attr.string(edge, 'thread_id') === undefined) continue;
      const target = graph.nodes.get(edge.to);
      const own = attr.string(edge, 'fidelity');
      const ofTarget = target === undefined ? undefined : attr.string(target, 'fidelity');
      if ((own ?? ofTarget ?? byDefault) !== FULL)
        yield {
          message: `${edgeName(edge)} has thread_id but fidelity is not 'full'`,
          edge,
          fix: `Add fidelity=full to the edge or to node '${edge.to}', or remove thread_id`,
          position: attr.position(edge, 'thread_id'),
        };
    }
    if (attr.string(graph, 'default_thread') !== undefined && byDefault !== FULL)
      yield {
        message: "Graph has default_thread but default_fidelity is not 'full'",
        fix: 'Add default_fidelity=full to the graph, or remove default_thread',
        position: attr.position(graph, 'default_thread'),
      };
  },
};
