import { endpointIds } from '../../graph/assemble.js';
import type { Rule } from '../rule.js';

export const terminalNode: Rule = {
  name: 'terminal_node',
  severity: 'error',
  *check({ graph }) {
    const ids = endpointIds(graph.nodes.values(), 'exit');
    if (ids.length === 0)
      yield {
        message: 'Pipeline must have exactly one terminal node (shape=Msquare or id exit/end)',
        fix: 'Add an exit node: exit [shape=Msquare]',
        position: graph.position,
      };
    if (ids.length > 1)
      yield {
        message: `Pipeline must have exactly one terminal node, found ${ids.length}`,
        fix: `Lead all paths to one of: ${ids.join(', ')}`,
        position: graph.nodes.get(ids[1] ?? '')?.position,
      };
  },
};
