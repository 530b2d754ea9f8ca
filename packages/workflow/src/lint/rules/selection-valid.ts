import { attr, attributeText } from '../../graph/attributes.js';
import type { Rule } from '../rule.js';

const MODES = ['deterministic', 'random'];

export const selectionValid: Rule = {
  name: 'selection_valid',
  severity: 'warning',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const attribute = node.attributes.get('selection');
      const mode = attribute === undefined ? undefined : attributeText(attribute);
      if (mode !== undefined && !MODES.includes(mode))
        yield {
          message: `Node '${node.id}' has invalid selection mode '${mode}'`,
          node,
          fix: `Use one of: ${MODES.join(', ')}`,
          position: attr.position(node, 'selection'),
        };
    }
  },
};
