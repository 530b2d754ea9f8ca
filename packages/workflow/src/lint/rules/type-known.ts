import { attr } from '../../graph/attributes.js';
import { KNOWN_TYPES } from '../../graph/handler-type.js';
import { nearMatches } from '../../text/suggest.js';
import type { Rule } from '../rule.js';

export const typeKnown: Rule = {
  name: 'type_known',
  severity: 'warning',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const type = attr.string(node, 'type');
      if (type === undefined || KNOWN_TYPES.includes(type)) continue;
      const [near] = nearMatches(type, KNOWN_TYPES);
      const hint = near === undefined ? '' : `Did you mean '${near}'? `;
      yield {
        message: `Node '${node.id}' has unrecognized type '${type}'`,
        node,
        fix: `${hint}Use one of: ${KNOWN_TYPES.join(', ')}`,
        position: attr.position(node, 'type'),
      };
    }
  },
};
