import type { JsonValue } from '@fabro/protocol';
import type { Comparison, Condition, ConditionParse } from './condition.js';

/** A value of the run's context; undefined when the key is not set. */
export type ContextLookup = (key: string) => JsonValue | undefined;

/** What conditions are asked about. */
export interface ConditionSubject {
  /** Status of the current outcome. */
  readonly outcome: string;
  readonly preferredLabel: string | undefined;
  readonly context: ContextLookup;
}

/** Whether a condition holds; one that could not be parsed does not. Never throws. */
export function conditionHolds(parse: ConditionParse, subject: ConditionSubject): boolean {
  return parse.ok && evaluate(parse.condition, subject);
}

function evaluate(condition: Condition, subject: ConditionSubject): boolean {
  switch (condition.kind) {
    case 'true':
      return true;
    case 'or':
      return condition.items.some((item) => evaluate(item, subject));
    case 'and':
      return condition.items.every((item) => evaluate(item, subject));
    case 'not':
      return !evaluate(condition.item, subject);
    case 'truthy':
      return !['', 'false', '0'].includes(asText(resolve(condition.key, subject)));
    case 'compare':
      return compare(resolve(condition.key, subject), condition.operator, condition.value);
    case 'matches':
      return condition.pattern.test(asText(resolve(condition.key, subject)));
    default:
      return condition satisfies never;
  }
}

function resolve(key: string, subject: ConditionSubject): JsonValue | undefined {
  if (key === 'outcome') return subject.outcome;
  if (key === 'preferred_label') return subject.preferredLabel;
  if (!key.startsWith('context.')) return subject.context(key);
  const whole = subject.context(key);
  return whole === undefined ? subject.context(key.slice('context.'.length)) : whole;
}

function compare(actual: JsonValue | undefined, operator: Comparison, value: string): boolean {
  switch (operator) {
    case '=':
      return asText(actual) === value;
    case '!=':
      return asText(actual) !== value;
    case 'contains':
      return Array.isArray(actual)
        ? actual.some((element: JsonValue) => asText(element) === value)
        : asText(actual).includes(value);
    case '>':
      return asNumber(asText(actual)) > asNumber(value);
    case '<':
      return asNumber(asText(actual)) < asNumber(value);
    case '>=':
      return asNumber(asText(actual)) >= asNumber(value);
    case '<=':
      return asNumber(asText(actual)) <= asNumber(value);
    default:
      return operator satisfies never;
  }
}

function asText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** NaN, with which every comparison is false, for text that is no number. What commands print ends with a newline. */
function asNumber(written: string): number {
  const text = written.trim();
  if (NUMBER.test(text)) return Number(text);
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite === null) return Number.NaN;
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
