import { endpointIds } from '../../graph/assemble.js';
import { someOf } from '../did-you-mean.js';
import type { Rule } from '../rule.js';

export const terminalNode: Rule = {
  name: 'terminal_node',
  severity: 'error',
  doc: 'There is no exit node, or more than one.',
  source: '§2',
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
        fix: `Lead all paths to one of: ${someOf(ids)}`,
        position: graph.nodes.get(ids[1] ?? '')?.position,
      };
  },
};
