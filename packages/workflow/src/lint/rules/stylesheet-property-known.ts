import { positionInText } from '../../graph/position-in-text.js';
import { STYLE_PROPERTIES, isStyleProperty } from '../../stylesheet/stylesheet.js';
import { didYouMean } from '../did-you-mean.js';
import type { Rule } from '../rule.js';

export const stylesheetPropertyKnown: Rule = {
  name: 'stylesheet_property_known',
  severity: 'warning',
  doc: 'A rule of the stylesheet has a property that is ignored.',
  source: 'ours',
  *check({ graph, stylesheet }) {
    const attribute = graph.attributes.get('model_stylesheet');
    if (attribute === undefined || stylesheet?.ok !== true) return;
    for (const { selector, declarations } of stylesheet.rules)
      for (const { property, offset } of declarations)
        if (!isStyleProperty(property))
          yield {
            message: `Stylesheet rule '${selector.text}' has property '${property}', which is not known; it has no effect`,
            fix: didYouMean(property, STYLE_PROPERTIES),
            position: positionInText(attribute, offset),
          };
  },
};
