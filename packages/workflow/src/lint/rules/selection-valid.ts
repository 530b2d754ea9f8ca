import { SELECTION_MODES } from '../../catalogue/attribute-spec.js';
import { attr } from '../../graph/attributes.js';
import { didYouMean } from '../did-you-mean.js';
import type { Rule } from '../rule.js';

export const selectionValid: Rule = {
  name: 'selection_valid',
  severity: 'warning',
  doc: 'A `selection` is no mode.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const mode = attr.string(node, 'selection');
      if (mode !== undefined && !SELECTION_MODES.some((known) => known === mode))
        yield {
          message: `Node '${node.id}' has invalid selection mode '${mode}'`,
          node,
          fix: didYouMean(mode, SELECTION_MODES),
          position: attr.position(node, 'selection'),
        };
    }
  },
};
