import { attr } from '../../graph/attributes.js';
import type { Rule } from '../rule.js';

export const importError: Rule = {
  name: 'import_error',
  severity: 'error',
  doc: 'An import failed.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const message = attr.string(node, 'import_error');
      if (message !== undefined)
        yield {
          message,
          node,
          fix: 'Mend what the message names, there or in the imported file',
          position: attr.position(node, 'import_error'),
        };
      if (node.attributes.has('import'))
        yield {
          message: 'unresolved import (no base directory available)',
          node,
          fix: 'Write the nodes of the imported workflow into this one',
          position: attr.position(node, 'import'),
        };
    }
  },
};
