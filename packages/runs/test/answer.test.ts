import { expect, test } from 'vitest';
import type { AnswerBody, ApiQuestion } from '@fabro/protocol';
import { parseAnswer } from '../src/answer.js';

const question = (
  type: ApiQuestion['question_type'],
  freeform = false,
  options = [
    { key: 'A', label: 'Approve' },
    { key: 'R', label: 'Reject' },
  ],
): ApiQuestion => ({
  id: 'q',
  text: '?',
  question_type: type,
  options,
  allow_freeform: freeform,
  stage: 'ask',
});

const key = (k: string): AnswerBody => ({ selected_option_key: k });
const keys = (...k: string[]): AnswerBody => ({ selected_option_keys: k });
const value = (v: string): AnswerBody => ({ value: v });

test.each([
  ['yes_no', key('yes'), { kind: 'yes' }],
  ['yes_no', value('No'), { kind: 'no' }],
  ['yes_no', value(' true '), { kind: 'yes' }],
  ['yes_no', key('A'), { kind: 'selected', key: 'A' }],
  ['confirmation', key('no'), { kind: 'no' }],
  ['confirmation', value('y'), { kind: 'yes' }],
  ['multiple_choice', key('R'), { kind: 'selected', key: 'R' }],
  ['multiple_choice', value('approve'), { kind: 'selected', key: 'A' }],
  ['multi_select', keys('A', 'R'), { kind: 'multi_selected', keys: ['A', 'R'] }],
  ['multi_select', key('A'), { kind: 'multi_selected', keys: ['A'] }],
  ['freeform', value('as you like'), { kind: 'text', text: 'as you like' }],
] as const)('API §10: a %s question takes %j', (type, body, answer) => {
  expect(parseAnswer(body, question(type))).toEqual(answer);
});

test.each([
  ['yes_no', value('maybe')],
  ['confirmation', value('')],
  ['multiple_choice', keys('A')],
  ['multiple_choice', value('something else')],
  ['multi_select', value('A')],
  ['freeform', value('   ')],
  ['freeform', key('A')],
] as const)('API §2: a %s question refuses %j', (type, body) => {
  expect(() => parseAnswer(body, question(type))).toThrow('Answer does not match question type.');
});

test('API §2: an unknown key is named with the keys there are', () => {
  for (const type of ['multiple_choice', 'yes_no'] as const)
    expect(() => parseAnswer(key('X'), question(type))).toThrow(
      'Invalid option key. "X" is none of A, R.',
    );
  expect(() => parseAnswer(keys('A', 'X'), question('multi_select'))).toThrow(
    'Invalid option key. "X"',
  );
});

test('API §2: a body without any of the three is refused', () => {
  for (const body of [{}, { value: null }, { selected_option_keys: null }])
    expect(() => parseAnswer(body, question('freeform'))).toThrow(
      'One of value, selected_option_key, or selected_option_keys is required.',
    );
});

test('other text is taken where the question allows it; keys go before values', () => {
  expect(parseAnswer(value('later'), question('multiple_choice', true))).toEqual({
    kind: 'text',
    text: 'later',
  });
  expect(
    parseAnswer({ ...key('A'), ...value('Reject') }, question('multiple_choice', true)),
  ).toEqual({ kind: 'selected', key: 'A' });
});
