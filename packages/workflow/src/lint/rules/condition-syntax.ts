import type { Rule } from '../rule.js';

export const conditionSyntax: Rule = {
  name: 'condition_syntax',
  severity: 'error',
  *check({ graph }) {
    for (const edge of graph.edges) {
      const { condition } = edge;
      if (condition === undefined || condition.parse.ok) continue;
      yield {
        message: `Condition '${condition.text}' on edge ${edge.from} -> ${edge.to} failed parse: ${condition.parse.error.message}`,
        edge,
        fix: 'Write clauses as key=value joined by && or ||, for example outcome=succeeded',
        position: condition.position,
      };
    }
  },
};
