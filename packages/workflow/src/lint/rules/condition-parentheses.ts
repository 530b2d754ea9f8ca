import type { Condition } from '../../conditions/condition.js';
import type { Rule } from '../rule.js';

export const conditionParentheses: Rule = {
  name: 'condition_parentheses',
  severity: 'warning',
  doc: 'A condition has parentheses, which group nothing: they are part of the names.',
  source: 'ours',
  *check({ graph }) {
    for (const edge of graph.edges) {
      const { condition } = edge;
      if (condition?.parse.ok !== true) continue;
      const key = keys(condition.parse.condition).find((name) => name.startsWith('('));
      if (key !== undefined)
        yield {
          message: `Condition '${condition.text}' on edge ${edge.from} -> ${edge.to} has parentheses, which group nothing: it asks for a context key '${key}'`,
          edge,
          fix: 'Leave them out: && binds closer than ||; what that cannot say takes several edges to the same node',
          position: condition.position,
        };
    }
  },
};

function keys(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'or':
    case 'and':
      return condition.items.flatMap(keys);
    case 'not':
      return keys(condition.item);
    case 'compare':
    case 'truthy':
    case 'matches':
      return [condition.key];
    case 'true':
      return [];
    default:
      return condition satisfies never;
  }
}
