import { positionInText } from '../../graph/position-in-text.js';
import type { StyleDeclaration, StyleRule } from '../../stylesheet/stylesheet.js';
import { nameChecker } from '../model-findings.js';
import type { Rule } from '../rule.js';

export const stylesheetModelKnown: Rule = {
  name: 'stylesheet_model_known',
  severity: 'warning',
  doc: 'A rule of the stylesheet names a model or a provider that is not known.',
  source: '§2',
  *check({ graph, models, stylesheet }) {
    const attribute = graph.attributes.get('model_stylesheet');
    if (models === undefined || attribute === undefined || stylesheet?.ok !== true) return;
    const check = nameChecker(models);
    for (const rule of stylesheet.rules) {
      const model = lastOf(rule, 'model');
      const provider = lastOf(rule, 'provider');
      const unknown = check(
        { model: model?.value, provider: provider?.value },
        `in stylesheet rule '${rule.selector.text}'`,
      );
      if (unknown.model !== undefined && model !== undefined)
        yield { ...unknown.model, position: positionInText(attribute, model.valueOffset) };
      if (unknown.provider !== undefined && provider !== undefined)
        yield { ...unknown.provider, position: positionInText(attribute, provider.valueOffset) };
    }
  },
};

function lastOf({ declarations }: StyleRule, property: string): StyleDeclaration | undefined {
  return declarations.findLast((declaration) => declaration.property === property);
}
