import type { AttributeSpec } from '../../catalogue/attribute-spec.js';
import { readAttribute } from '../../catalogue/attributes.js';
import { DRAWING_SHAPES } from '../../catalogue/graphviz-names.js';
import type { AttributeValue } from '../../graph/attributes.js';
import { nearMatches } from '../../text/suggest.js';
import { SeenAttributes, holdsTemplate, shownValue } from '../written-attribute.js';
import { elements } from '../elements.js';
import type { Rule } from '../rule.js';

export const attributeValue: Rule = {
  name: 'attribute_value',
  severity: 'warning',
  doc: 'The value of an attribute is none that has a meaning, so another one holds.',
  source: 'ours',
  *check({ graph }) {
    const seen = new SeenAttributes();
    for (const { scope, name, attributes, node, edge } of elements(graph))
      for (const [key, attribute] of attributes) {
        const spec = readAttribute(scope, key, node?.handler);
        if (spec === undefined || spec.checkedBy !== undefined || holdsTemplate(attribute))
          continue;
        const problem = problemOf(spec, attribute);
        if (problem === undefined || !seen.isNew(attribute, key)) continue;
        yield {
          message: `${name} has ${key}=${shownValue(attribute)}; expected ${problem.expected}`,
          node,
          edge,
          fix: problem.fix,
          position: attribute.position,
        };
      }
  },
};

function problemOf(
  { name, values, min }: AttributeSpec,
  attribute: AttributeValue,
): { readonly expected: string; readonly fix: string } | undefined {
  if (attribute.kind === 'string' && values !== undefined) {
    const { value } = attribute;
    if (values.includes(value) || (name === 'shape' && DRAWING_SHAPES.has(value))) return undefined;
    const [near] = nearMatches(value, values);
    return {
      expected: `one of ${values.join(', ')}`,
      fix: near === undefined ? `Use one of: ${values.join(', ')}` : `Write ${name}=${near}`,
    };
  }
  if (attribute.kind === 'integer' && min !== undefined && attribute.value < min)
    return { expected: `${min} or more`, fix: `Write ${name}=${min}, or more` };
  return undefined;
}
