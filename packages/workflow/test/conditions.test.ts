import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@fabro/protocol';
import { conditionHolds, parseCondition } from '@fabro/workflow';

const CONTEXT: Readonly<Record<string, JsonValue>> = {
  passed: 'yes',
  empty: '',
  zero: 0,
  no: false,
  nothing: null,
  count: 7,
  ratio: '0.5',
  big: '1e3',
  printed: '20\n',
  text: 'Tests FAILED: 3 of 10',
  tags: ['red', 'green', 5, null],
  object: { a: 1 },
  'human.gate.selected': 'A',
  'context.direct': 'outer',
  direct: 'inner',
  'a b': 'blank',
};

function holds(text: string, preferredLabel?: string): boolean {
  return conditionHolds(parseCondition(text), {
    outcome: 'failed',
    preferredLabel,
    context: (key) => (Object.hasOwn(CONTEXT, key) ? CONTEXT[key] : undefined),
  });
}

function problem(text: string): string {
  const parsed = parseCondition(text);
  return parsed.ok ? 'parsed' : parsed.error.message;
}

describe('conditions (§4.2)', () => {
  // §4.2 empty expression, §4.2 outcome, §4.2 context.x, §4.2 other keys, §4.2 missing value,
  // §4.2 values as text, §4.2 equality, §4.2 numbers, §4.2 contains, §4.2 word operators,
  // §4.2 bare key, §4.2 or and not, §4.2 quoted words, §4.2 words
  it.each([
    ['', true],
    ['   ', true],
    // the current outcome, without aliases
    ['outcome=failed', true],
    ['outcome = "failed"', true],
    ['outcome=fail', false],
    ['outcome=Failed', false],
    ['outcome!=succeeded', true],
    // keys
    ['context.passed=yes', true],
    ['passed=yes', true],
    ['context.direct=outer', true],
    ['direct=inner', true],
    ['human.gate.selected=A', true],
    ['"a b"=blank', true],
    ['unknown=', true],
    ['unknown!=x', true],
    // a missing value is empty text
    ['empty=', true],
    ['passed=', false],
    ['passed!=', true],
    ['empty= && passed=yes', true],
    // values as text
    ['nothing=""', true],
    ['count=7', true],
    ['count=7.0', false],
    ['no=false', true],
    ['object="{\\"a\\":1}"', true],
    // numbers
    ['count>6', true],
    ['count>7', false],
    ['count>=7', true],
    ['count<8', true],
    ['count<=6.5', false],
    ['ratio<.6', true],
    ['big>=1000', true],
    // what a command prints ends with a newline
    ['printed>10', true],
    ['printed<10', false],
    ['count>-1', true],
    ['count<inf', true],
    ['passed>0', false],
    ['count>x', false],
    ['unknown<1', false],
    ['unknown>=0', false],
    // contains and matches
    ['text contains FAILED', true],
    ['text contains failed', false],
    ['text contains "3 of"', true],
    ['tags contains green', true],
    ['tags contains gre', false],
    ['tags contains 5', true],
    ['text matches "FAIL(ED)?"', true],
    ['text matches ^FAILED', false],
    ['text matches "\\d+ of \\d+$"', true],
    ['text matches "(?i)failed"', true],
    // an operator only right behind a word
    ['contains=x', false],
    ['passed=contains', false],
    ['unknown = && contains', false],
    ['matches', false],
    // a key alone
    ['passed', true],
    ['empty', false],
    ['zero', false],
    ['no', false],
    ['nothing', false],
    ['unknown', false],
    ['tags', true],
    // not, and, or
    ['!empty', true],
    ['!!empty', false],
    ['! outcome=failed', false],
    ['passed && count>6', true],
    ['passed && empty', false],
    ['empty || passed', true],
    ['empty || empty && passed || passed', true],
    ['passed || empty && empty', true],
    ['!passed || !empty', true],
    ['outcome=failed&&passed=yes', true],
  ])('%j is %s', (text, expected) => {
    expect(problem(text)).toBe('parsed');
    expect(holds(text)).toBe(expected);
  });

  it('reads the preferred label of the current outcome', () => {
    expect(holds('preferred_label=Ship', 'Ship')).toBe(true);
    expect(holds('preferred_label=', undefined)).toBe(true);
  });

  // §4.2 double equals, §4.2 no parentheses
  it.each([
    ['outcome==failed', 'at character 8: found "==", expected "=". Compare with a single "=".'],
    [
      'a = b & c',
      'at character 7: found a single "&", expected "&&". Join clauses with "&&" or "||".',
    ],
    ['a | b', 'at character 3: found a single "|", expected "||". Join clauses with "&&" or "||".'],
    [
      'a >',
      'at character 4: found the end, expected a value after ">". Give the value to compare with, in quotes if it holds blanks or operators.',
    ],
    [
      'a contains && b',
      'at character 12: found "&&", expected a value after "contains". Give the value to compare with, in quotes if it holds blanks or operators.',
    ],
    [
      'a = b c',
      'at character 7: found "c", expected an operator, "&&", "||" or the end. Put a value that holds blanks or operators in quotes.',
    ],
    ['(a)', 'parsed'],
    [
      '&& a',
      'at character 1: found "&&", expected a key such as outcome or context.name. Write key=value, or a key alone to ask whether it is set; parentheses are not supported.',
    ],
    [
      'a &&',
      'at character 5: found the end, expected a key such as outcome or context.name. Write key=value, or a key alone to ask whether it is set; parentheses are not supported.',
    ],
    [
      'a = "b',
      'at character 5: found a quote that is never closed. Close it, as \\" inside of a quoted attribute.',
    ],
  ])('%j: %s', (text, message) => {
    expect(problem(text)).toBe(message);
  });

  // §4.2 matches
  it('checks a pattern when it is read, and calls unsupported ones by their name', () => {
    expect(problem('a matches "("')).toMatch(
      /^at character 11: "\(" is no regular expression: .*Look-around and back-references/,
    );
    expect(problem('a matches "(?=x)"')).toMatch(/no regular expression/);
    expect(problem(`a matches ${'('.repeat(5000)}`)).toMatch(/no regular expression/);
  });

  // §4.2 error at run time
  it('is false where it could not be read', () => {
    expect(holds('outcome==failed')).toBe(false);
  });

  it('refuses a condition past its limit', () => {
    expect(problem('a'.repeat(10_001))).toMatch(/expected at most 10000/);
  });
});
