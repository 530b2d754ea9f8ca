/** Conditions on edges as data (engine reference §4.2). */
import type { RE2JS } from 're2js';

export type Comparison = '=' | '!=' | '>' | '<' | '>=' | '<=' | 'contains';

/** A parsed condition. Its depth is fixed: or, and, not, clause. */
export type Condition =
  | { readonly kind: 'true' }
  | { readonly kind: 'or' | 'and'; readonly items: readonly Condition[] }
  | { readonly kind: 'not'; readonly item: Condition }
  | { readonly kind: 'truthy'; readonly key: string }
  | {
      readonly kind: 'compare';
      readonly key: string;
      readonly operator: Comparison;
      readonly value: string;
    }
  | { readonly kind: 'matches'; readonly key: string; readonly pattern: RE2JS };

interface ConditionError {
  /** UTF-16 units from the start of the condition, from 0. */
  readonly offset: number;
  /** What was found, what was allowed and the remedy, with the place as "character N" from 1. */
  readonly message: string;
}

export type ConditionParse =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly error: ConditionError };

/** Whether a clause of the condition compares the outcome for equality. */
export function routesOnOutcome(condition: Condition): boolean {
  switch (condition.kind) {
    case 'or':
    case 'and':
      return condition.items.some(routesOnOutcome);
    case 'compare':
      return condition.key === 'outcome' && condition.operator === '=';
    case 'true':
    case 'not':
    case 'truthy':
    case 'matches':
      return false;
    default:
      return condition satisfies never;
  }
}
