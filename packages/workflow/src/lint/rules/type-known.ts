import { attr } from '../../graph/attributes.js';
import { KNOWN_TYPES } from '../../graph/handler-type.js';
import { didYouMean } from '../did-you-mean.js';
import type { Rule } from '../rule.js';

export const typeKnown: Rule = {
  name: 'type_known',
  severity: 'warning',
  doc: 'A `type` is none that runs; the node is run by its shape.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const type = attr.string(node, 'type');
      if (type === undefined || KNOWN_TYPES.includes(type)) continue;
      yield {
        message: `Node '${node.id}' has unrecognized type '${type}'`,
        node,
        fix: didYouMean(type, KNOWN_TYPES),
        position: attr.position(node, 'type'),
      };
    }
  },
};
