import type { Condition } from '../../conditions/condition.js';
import { nearMatches } from '../../text/suggest.js';
import type { Rule } from '../rule.js';

/** Outcomes of releases before 2026, and what writers take for one. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['success', 'succeeded'],
  ['ok', 'succeeded'],
  ['partial_success', 'partially_succeeded'],
  ['partial', 'partially_succeeded'],
  ['fail', 'failed'],
  ['failure', 'failed'],
  ['error', 'failed'],
]);

const OUTCOMES: readonly string[] = ['succeeded', 'partially_succeeded', 'failed', 'skipped'];

export const conditionOutcomeKnown: Rule = {
  name: 'condition_outcome_known',
  severity: 'warning',
  doc: 'A condition compares the outcome with a text that no outcome is.',
  source: 'ours',
  *check({ graph }) {
    for (const edge of graph.edges) {
      const { condition } = edge;
      if (condition?.parse.ok !== true) continue;
      for (const { operator, value } of outcomeClauses(condition.parse.condition)) {
        if (OUTCOMES.includes(value)) continue;
        const meant = OTHER_NAMES.get(value.toLowerCase()) ?? nearMatches(value, OUTCOMES)[0];
        const holds = operator === '=' ? 'never' : 'always';
        yield {
          message: `Condition '${condition.text}' on edge ${edge.from} -> ${edge.to}: 'outcome${operator}${value}' ${holds} holds; outcomes are ${OUTCOMES.join(', ')}`,
          edge,
          fix:
            meant === undefined
              ? `Use one of: ${OUTCOMES.join(', ')}; for a label of the answer, compare preferred_label`
              : `Write outcome${operator}${meant}`,
          position: condition.position,
        };
      }
    }
  },
};

function* outcomeClauses(
  condition: Condition,
): Iterable<{ readonly operator: '=' | '!='; readonly value: string }> {
  switch (condition.kind) {
    case 'or':
    case 'and':
      for (const item of condition.items) yield* outcomeClauses(item);
      return;
    case 'not':
      yield* outcomeClauses(condition.item);
      return;
    case 'compare': {
      const { key, operator, value } = condition;
      if (key === 'outcome' && (operator === '=' || operator === '!=')) yield { operator, value };
      return;
    }
    case 'true':
    case 'truthy':
    case 'matches':
      return;
    default:
      condition satisfies never;
  }
}
