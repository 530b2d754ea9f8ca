import { type Attributed, attr } from '../../graph/attributes.js';
import { RETRY_TARGETS } from '../../routing/retry-target.js';
import type { Rule } from '../rule.js';

export const goalGateHasRetry: Rule = {
  name: 'goal_gate_has_retry',
  severity: 'warning',
  doc: 'A goal gate that is not met has nowhere to go.',
  source: '§2',
  *check({ graph }) {
    if (hasTarget(graph)) return;
    for (const node of graph.nodes.values())
      if (attr.boolean(node, 'goal_gate') === true && !hasTarget(node))
        yield {
          message: `Node '${node.id}' has goal_gate=true but no retry_target or fallback_retry_target`,
          node,
          fix: `Add retry_target to node '${node.id}' or to the graph`,
          position: attr.position(node, 'goal_gate'),
        };
  },
};

function hasTarget(owner: Attributed): boolean {
  return RETRY_TARGETS.some((key) => attr.string(owner, key) !== undefined);
}
