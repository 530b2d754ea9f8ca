/** Words and operators of a condition. */
import { unescape } from '../dot/escapes.js';

export type Operator = '=' | '!=' | '>' | '<' | '>=' | '<=' | '!' | '&&' | '||';

export type Token =
  | {
      readonly kind: 'word';
      readonly text: string;
      readonly quoted: boolean;
      readonly offset: number;
    }
  | { readonly kind: 'operator'; readonly text: Operator; readonly offset: number }
  | { readonly kind: 'end'; readonly offset: number };

/** A place in a condition and what is wrong there; becomes a ConditionError. */
export class ConditionProblem extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(`at character ${offset + 1}: ${message}`);
    this.offset = offset;
  }
}

/** Words run up to one of these. */
const WORD_END = /[\s"=!><&|]/;
const OPERATORS: readonly Operator[] = ['!=', '>=', '<=', '&&', '||', '=', '>', '<', '!'];

/** Splits a condition; ends with one `end` token. Throws a ConditionProblem. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    const character = text.charAt(offset);
    if (/\s/.test(character)) {
      offset++;
      continue;
    }
    const token = tokenAt(text, offset);
    tokens.push(token.token);
    offset = token.end;
  }
  tokens.push({ kind: 'end', offset: text.length });
  return tokens;
}

function tokenAt(text: string, offset: number): { readonly token: Token; readonly end: number } {
  if (text.charAt(offset) === '"') {
    const end = endOfQuoted(text, offset);
    const word = unescape(text.slice(offset + 1, end - 1));
    return { token: { kind: 'word', text: word, quoted: true, offset }, end };
  }
  if (text.startsWith('==', offset))
    throw new ConditionProblem(offset, 'found "==", expected "=". Compare with a single "=".');
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, offset));
  if (operator !== undefined)
    return { token: { kind: 'operator', text: operator, offset }, end: offset + operator.length };
  let end = offset;
  while (end < text.length && !WORD_END.test(text.charAt(end))) end++;
  if (end === offset) {
    const found = text.charAt(offset);
    throw new ConditionProblem(
      offset,
      `found a single "${found}", expected "${found}${found}". Join clauses with "&&" or "||".`,
    );
  }
  const word = text.slice(offset, end);
  return { token: { kind: 'word', text: word, quoted: false, offset }, end };
}

function endOfQuoted(text: string, open: number): number {
  let offset = open + 1;
  while (offset < text.length) {
    const character = text.charAt(offset);
    if (character === '"') return offset + 1;
    offset += character === '\\' ? 2 : 1;
  }
  throw new ConditionProblem(
    open,
    'found a quote that is never closed. Close it, as \\" inside of a quoted attribute.',
  );
}
