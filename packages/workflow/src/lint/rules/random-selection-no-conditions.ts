import { attr } from '../../graph/attributes.js';
import { outgoing } from '../../graph/graph.js';
import type { Rule } from '../rule.js';

export const randomSelectionNoConditions: Rule = {
  name: 'random_selection_no_conditions',
  severity: 'error',
  doc: 'A node chooses at random among edges that have conditions.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      if (attr.string(node, 'selection') !== 'random') continue;
      if (outgoing(graph, node.id).some((edge) => edge.condition !== undefined))
        yield {
          message: `Node '${node.id}' has selection="random" but also has conditional edges; random selection and conditions cannot be combined`,
          node,
          fix: 'Remove the conditions, or selection="random"',
          position: attr.position(node, 'selection'),
        };
    }
  },
};
