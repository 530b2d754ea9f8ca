import type { Rule } from '../rule.js';

/** Parsed graphs have a node for each id; graphs put together by a program need not. */
export const edgeTargetExists: Rule = {
  name: 'edge_target_exists',
  severity: 'error',
  doc: 'An edge names a node that is not there.',
  source: '§2',
  *check({ graph }) {
    for (const edge of graph.edges) {
      if (!graph.nodes.has(edge.to))
        yield {
          message: `Edge from '${edge.from}' targets non-existent node '${edge.to}'`,
          edge,
          fix: `Define node '${edge.to}' or fix the edge`,
        };
      if (!graph.nodes.has(edge.from))
        yield {
          message: `Edge source '${edge.from}' references non-existent node`,
          edge,
          fix: `Define node '${edge.from}' or fix the edge`,
        };
    }
  },
};
