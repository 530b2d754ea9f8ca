/** Condition text to data; every error is a value with its place. */
import { messageOf } from '@fabro/protocol';
import { RE2JS } from 're2js';
import { MAX_CONDITION_LENGTH } from '../limits.js';
import type { Comparison, Condition, ConditionParse } from './condition.js';
import { ConditionProblem, type Operator, type Token, tokenize } from './tokens.js';

/** Parses a condition; blank text is true. Never throws. */
export function parseCondition(text: string): ConditionParse {
  try {
    if (text.length > MAX_CONDITION_LENGTH)
      throw new ConditionProblem(
        MAX_CONDITION_LENGTH,
        `found ${text.length} characters, expected at most ${MAX_CONDITION_LENGTH}. Split the condition over several nodes.`,
      );
    return { ok: true, condition: new ConditionParser(tokenize(text)).parse() };
  } catch (error) {
    if (!(error instanceof ConditionProblem)) throw error;
    return { ok: false, error: { offset: error.offset, message: error.message } };
  }
}

type Word = Extract<Token, { kind: 'word' }>;
const NEEDS_VALUE = 'Give the value to compare with, in quotes if it holds blanks or operators.';

class ConditionParser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Condition {
    if (this.#peek().kind === 'end') return { kind: 'true' };
    const condition = this.#or();
    const rest = this.#peek();
    if (rest.kind !== 'end')
      fail(
        rest,
        'an operator, "&&", "||" or the end',
        'Put a value that holds blanks or operators in quotes.',
      );
    return condition;
  }

  #or(): Condition {
    return this.#joined('or', '||', () => this.#joined('and', '&&', () => this.#unary()));
  }

  #joined(kind: 'or' | 'and', operator: Operator, item: () => Condition): Condition {
    const first = item();
    if (!this.#take(operator)) return first;
    const items = [first];
    do items.push(item());
    while (this.#take(operator));
    return { kind, items };
  }

  /** A row of `!` is counted, not nested. */
  #unary(): Condition {
    let negated = false;
    while (this.#take('!')) negated = !negated;
    const clause = this.#clause();
    return negated ? { kind: 'not', item: clause } : clause;
  }

  #clause(): Condition {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text === '')
      return fail(
        token,
        'a key such as outcome or context.name',
        'Write key=value, or a key alone to ask whether it is set; parentheses are not supported.',
      );
    this.#next++;
    const operator = this.#comparison();
    if (operator === undefined) return { kind: 'truthy', key: token.text };
    const value = this.#value(operator);
    if (operator === 'matches')
      return { kind: 'matches', key: token.text, pattern: compile(value) };
    return { kind: 'compare', key: token.text, operator, value: value.text };
  }

  #comparison(): Comparison | 'matches' | undefined {
    const token = this.#peek();
    const text = token.kind === 'end' || (token.kind === 'word' && token.quoted) ? '' : token.text;
    switch (text) {
      case '=':
      case '!=':
      case '>':
      case '<':
      case '>=':
      case '<=':
      case 'contains':
      case 'matches':
        this.#next++;
        return text;
      default:
        return undefined;
    }
  }

  #value(operator: Comparison | 'matches'): Word {
    const token = this.#peek();
    if (token.kind === 'word') {
      this.#next++;
      return token;
    }
    const ends = token.kind === 'end' || token.text === '&&' || token.text === '||';
    if (ends && (operator === '=' || operator === '!='))
      return { kind: 'word', text: '', quoted: false, offset: token.offset };
    return fail(token, `a value after "${operator}"`, NEEDS_VALUE);
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', offset: 0 };
  }

  #take(operator: Operator): boolean {
    const token = this.#peek();
    if (token.kind !== 'operator' || token.text !== operator) return false;
    this.#next++;
    return true;
  }
}

function fail(token: Token, expected: string, remedy: string): never {
  const found = token.kind === 'end' ? 'the end' : `"${token.text}"`;
  throw new ConditionProblem(token.offset, `found ${found}, expected ${expected}. ${remedy}`);
}

function compile(value: Word): RE2JS {
  try {
    return RE2JS.compile(value.text);
  } catch (error) {
    throw new ConditionProblem(
      value.offset,
      `"${value.text}" is no regular expression: ${messageOf(error)}. Look-around and back-references are not supported.`,
    );
  }
}
