import { attr } from '../../graph/attributes.js';
import { nameChecker } from '../model-findings.js';
import type { Rule } from '../rule.js';

/** Looks at nodes after the stylesheet was applied, so a value of the stylesheet is reported at each node. */
export const nodeModelKnown: Rule = {
  name: 'node_model_known',
  severity: 'warning',
  doc: 'A node names a model or a provider that is not known, itself or through the stylesheet.',
  source: '§2',
  *check({ graph, models }) {
    if (models === undefined) return;
    const check = nameChecker(models);
    const provider = attr.string(graph, 'default_provider');
    for (const node of graph.nodes.values()) {
      const model = attr.string(node, 'model');
      const own = attr.string(node, 'provider');
      const where = `on node '${node.id}'`;
      const unknown = check({ model, provider: own ?? provider }, where);
      if (unknown.model !== undefined)
        yield { ...unknown.model, node, position: attr.position(node, 'model') };
      if (own !== undefined && unknown.provider !== undefined)
        yield { ...unknown.provider, node, position: attr.position(node, 'provider') };
    }
  },
};
