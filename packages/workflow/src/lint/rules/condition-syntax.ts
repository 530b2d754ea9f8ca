import { positionInText } from '../../graph/position-in-text.js';
import type { Rule } from '../rule.js';

export const conditionSyntax: Rule = {
  name: 'condition_syntax',
  severity: 'error',
  doc: 'A condition cannot be read.',
  source: '§2',
  *check({ graph }) {
    for (const edge of graph.edges) {
      const { condition } = edge;
      const attribute = edge.attributes.get('condition');
      if (attribute === undefined || condition === undefined || condition.parse.ok) continue;
      const { offset, message } = condition.parse.error;
      yield {
        message: `Condition '${condition.text}' on edge ${edge.from} -> ${edge.to} failed parse: ${message}`,
        edge,
        fix: 'Write clauses as key=value joined by && or ||, for example outcome=succeeded',
        position: positionInText(attribute, offset),
      };
    }
  },
};
