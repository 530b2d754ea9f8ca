import { FIDELITY_MODES } from '../../catalogue/attribute-spec.js';
import { attr } from '../../graph/attributes.js';
import { didYouMean } from '../did-you-mean.js';
import { edgeName, nodeName } from '../elements.js';
import type { Rule } from '../rule.js';

export const fidelityValid: Rule = {
  name: 'fidelity_valid',
  severity: 'warning',
  doc: 'A `fidelity` or `default_fidelity` is no mode.',
  source: '§2',
  *check({ graph }) {
    for (const node of graph.nodes.values()) {
      const mode = attr.string(node, 'fidelity');
      if (isUnknown(mode))
        yield {
          message: `${nodeName(node)} has invalid fidelity mode '${mode}'`,
          node,
          fix: didYouMean(mode, FIDELITY_MODES),
          position: attr.position(node, 'fidelity'),
        };
    }
    for (const edge of graph.edges) {
      const mode = attr.string(edge, 'fidelity');
      if (isUnknown(mode))
        yield {
          message: `${edgeName(edge)} has invalid fidelity mode '${mode}'`,
          edge,
          fix: didYouMean(mode, FIDELITY_MODES),
          position: attr.position(edge, 'fidelity'),
        };
    }
    const mode = attr.string(graph, 'default_fidelity');
    if (isUnknown(mode))
      yield {
        message: `Graph has invalid default_fidelity '${mode}'`,
        fix: didYouMean(mode, FIDELITY_MODES),
        position: attr.position(graph, 'default_fidelity'),
      };
  },
};

function isUnknown(mode: string | undefined): mode is string {
  return mode !== undefined && !FIDELITY_MODES.some((known) => known === mode);
}
