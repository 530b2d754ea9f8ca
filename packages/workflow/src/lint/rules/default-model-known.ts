import { attr } from '../../graph/attributes.js';
import { nameChecker } from '../model-findings.js';
import type { Rule } from '../rule.js';

export const defaultModelKnown: Rule = {
  name: 'default_model_known',
  severity: 'warning',
  doc: 'The graph names a default model or provider that is not known.',
  source: 'ours',
  *check({ graph, models }) {
    if (models === undefined) return;
    const unknown = nameChecker(models)(
      {
        model: attr.string(graph, 'default_model'),
        provider: attr.string(graph, 'default_provider'),
      },
      'as default of the graph',
    );
    if (unknown.model !== undefined)
      yield { ...unknown.model, position: attr.position(graph, 'default_model') };
    if (unknown.provider !== undefined)
      yield { ...unknown.provider, position: attr.position(graph, 'default_provider') };
  },
};
