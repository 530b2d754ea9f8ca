/** Words of a person → the body of an answer. Pure. */
import { type AnswerBody, type ApiQuestion, FabroError } from '@fabro/protocol';

const YES = new Set(['yes', 'y', 'true']);
const NO = new Set(['no', 'n', 'false']);

/** Throws `invalid_argument` that names what is allowed. */
export function answerBody(question: ApiQuestion, text: string): AnswerBody {
  const word = text.trim();
  switch (question.question_type) {
    case 'yes_no':
    case 'confirmation': {
      const lower = word.toLowerCase();
      if (YES.has(lower)) return { selected_option_key: 'yes' };
      if (NO.has(lower)) return { selected_option_key: 'no' };
      if (question.allow_freeform && word !== '') return { value: text };
      throw refused(question, text, 'yes or no');
    }
    case 'multiple_choice': {
      const key = optionKey(question, word);
      if (key !== undefined) return { selected_option_key: key };
      if (question.allow_freeform && word !== '') return { value: text };
      throw refused(question, text, `one of ${optionList(question)}`);
    }
    case 'multi_select': {
      const words = word.split(',').map((part) => part.trim());
      const keys = words.filter((part) => part !== '').map((part) => optionKey(question, part));
      const known = keys.filter((key) => key !== undefined);
      if (known.length === keys.length) return { selected_option_keys: known };
      if (question.allow_freeform && word !== '') return { value: text };
      throw refused(question, text, `any of ${optionList(question)}, separated by commas`);
    }
    case 'freeform':
      if (word !== '') return { value: text };
      throw refused(question, text, 'some text');
    default:
      return question.question_type satisfies never;
  }
}

/** Words that `answerBody` takes, as an example: `yes`, a key, or text. */
export function exampleAnswer(question: ApiQuestion): string {
  switch (question.question_type) {
    case 'yes_no':
    case 'confirmation':
      return 'yes';
    case 'multiple_choice':
      return question.options[0]?.key ?? 'your answer';
    case 'multi_select':
      return question.options.map((option) => option.key).join(',');
    case 'freeform':
      return 'your answer';
    default:
      return question.question_type satisfies never;
  }
}

function optionKey(question: ApiQuestion, word: string): string | undefined {
  const exact = question.options.find((option) => option.key === word);
  const lower = word.toLowerCase();
  const loose = question.options.find(
    (option) => option.key.toLowerCase() === lower || option.label.toLowerCase() === lower,
  );
  return (exact ?? loose)?.key;
}

/** `a (Approve), r (Reject)`. */
export function optionList(question: ApiQuestion): string {
  return question.options.map((option) => `${option.key} (${option.label})`).join(', ');
}

function refused(question: ApiQuestion, text: string, allowed: string): FabroError {
  return new FabroError(
    'invalid_argument',
    `"${text}" does not answer "${question.text}"; expected ${allowed}.`,
  );
}
