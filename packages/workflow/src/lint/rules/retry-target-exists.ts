import { type Attributed, attr } from '../../graph/attributes.js';
import type { Graph } from '../../graph/graph.js';
import { RETRY_TARGETS } from '../../routing/retry-target.js';
import type { Finding } from '../diagnostic.js';
import type { Rule } from '../rule.js';

export const retryTargetExists: Rule = {
  name: 'retry_target_exists',
  severity: 'warning',
  doc: 'A retry target names no node.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values())
      for (const finding of missingTargets(graph, node, `Node '${node.id}'`))
        yield { ...finding, node };
    yield* missingTargets(graph, graph, 'Graph');
  },
};

function* missingTargets(graph: Graph, owner: Attributed, name: string): Generator<Finding> {
  for (const key of RETRY_TARGETS) {
    const target = attr.string(owner, key);
    if (target !== undefined && !graph.nodes.has(target))
      yield {
        message: `${name} has ${key} '${target}' that does not exist`,
        fix: `Define node '${target}' or fix ${key}`,
        position: attr.position(owner, key),
      };
  }
}
