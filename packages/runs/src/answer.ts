/** Answers to questions: the body's kind is checked, and the append itself decides who was first. */
import {
  FabroError,
  type Answer,
  type AnswerBody,
  type ApiQuestion,
  type RunId,
} from '@fabro/protocol';
import { appendOutside, conflict, statusIn, type OutsidePorts } from './append.js';
import type { Caller } from './service.js';

const YES = new Set(['yes', 'y', 'true']);
const NO = new Set(['no', 'n', 'false']);

/**
 * What a body means for a question; taken in the order key, keys, value. All five kinds can be answered.
 * Throws FabroError `invalid_argument`.
 */
export function parseAnswer(body: AnswerBody, question: ApiQuestion): Answer {
  const key = body.selected_option_key ?? undefined;
  const keys = body.selected_option_keys ?? undefined;
  const value = body.value ?? undefined;
  if (key === undefined && keys === undefined && value === undefined)
    throw new FabroError(
      'invalid_argument',
      'One of value, selected_option_key, or selected_option_keys is required.',
    );
  switch (question.question_type) {
    case 'yes_no':
    case 'confirmation': {
      const word = (key ?? value ?? keys?.[0] ?? '').trim().toLowerCase();
      if (YES.has(word)) return { kind: 'yes' };
      if (NO.has(word)) return { kind: 'no' };
      if (key !== undefined) return { kind: 'selected', key: known(key, question) };
      return freeText(value, question);
    }
    case 'multiple_choice':
      if (key !== undefined) return { kind: 'selected', key: known(key, question) };
      if (keys !== undefined) throw mismatch(question);
      return optionNamed(value, question) ?? freeText(value, question);
    case 'multi_select':
      if (keys !== undefined)
        return { kind: 'multi_selected', keys: keys.map((k) => known(k, question)) };
      if (key !== undefined) return { kind: 'multi_selected', keys: [known(key, question)] };
      return freeText(value, question);
    case 'freeform':
      return freeText(value, { ...question, allow_freeform: true });
  }
}

function known(key: string, question: ApiQuestion): string {
  if (question.options.some((o) => o.key === key)) return key;
  throw new FabroError(
    'invalid_argument',
    `Invalid option key. "${key}" is none of ${question.options.map((o) => o.key).join(', ')}.`,
  );
}

/** Text that is an option's key or label means the option. */
function optionNamed(value: string | undefined, question: ApiQuestion): Answer | undefined {
  const lower = value?.trim().toLowerCase();
  const option = question.options.find(
    (o) => o.key.toLowerCase() === lower || o.label.toLowerCase() === lower,
  );
  return option === undefined ? undefined : { kind: 'selected', key: option.key };
}

function freeText(value: string | undefined, question: ApiQuestion): Answer {
  if (value === undefined || value.trim() === '' || !question.allow_freeform)
    throw mismatch(question);
  return { kind: 'text', text: value };
}

function mismatch(question: ApiQuestion): FabroError {
  const options = question.options.map((o) => o.key).join(', ');
  return new FabroError(
    'invalid_argument',
    `Answer does not match question type. A ${question.question_type} question takes ${expected(question)}${options === '' ? '' : ` (options: ${options})`}.`,
  );
}

function expected(question: ApiQuestion): string {
  switch (question.question_type) {
    case 'yes_no':
    case 'confirmation':
      return 'selected_option_key or value "yes" or "no"';
    case 'multiple_choice':
      return 'selected_option_key';
    case 'multi_select':
      return 'selected_option_keys';
    case 'freeform':
      return 'a value that is not blank';
  }
}

/** Records the answer. Rejects with `conflict` when another was first or the run is not there yet. */
export async function answerQuestion(
  run: RunId,
  question: string,
  answer: Answer,
  caller: Caller,
  ports: OutsidePorts,
): Promise<void> {
  const result = await appendOutside(ports, {
    run,
    actor: caller.actor,
    drafts: [{ event: 'interview.completed', properties: { question_id: question, answer } }],
    preconditions: [
      statusIn('running', 'paused'),
      {
        kind: 'row',
        table: 'questions',
        key: { question_id: question },
        column: 'status',
        in: ['open'],
      },
    ],
  });
  if (!result.ok) throw conflict('Question no longer exists or was already answered.');
}
