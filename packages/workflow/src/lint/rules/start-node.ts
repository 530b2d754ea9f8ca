import { endpointIds } from '../../graph/assemble.js';
import { someOf } from '../did-you-mean.js';
import type { Rule } from '../rule.js';

export const startNode: Rule = {
  name: 'start_node',
  severity: 'error',
  doc: 'There is no start node, or more than one.',
  source: '§2',
  *check({ graph }) {
    const ids = endpointIds(graph.nodes.values(), 'start');
    if (ids.length === 0)
      yield {
        message: 'Pipeline must have exactly one start node (shape=Mdiamond or id start/Start)',
        fix: 'Add a start node: start [shape=Mdiamond]',
        position: graph.position,
      };
    if (ids.length > 1)
      yield {
        message: `Pipeline has ${ids.length} start nodes but must have exactly one`,
        fix: `Keep one of: ${someOf(ids)}`,
        position: graph.nodes.get(ids[1] ?? '')?.position,
      };
  },
};
