/** Asks one question in the terminal, in the way that fits its kind. */
import type { AnswerBody, ApiQuestion } from '@fabro/protocol';
import type { PromptOption, Prompter } from '../io.js';
import { oneLine, safeText } from '../render/text.js';

/** A key that no option of a workflow can have: accelerators are single words. */
const OTHER = '\u0000other';

/** The answer; undefined when the user pressed Ctrl-C or the question was closed meanwhile. */
export async function askInTerminal(
  prompter: Prompter,
  question: ApiQuestion,
  signal: AbortSignal,
): Promise<AnswerBody | undefined> {
  const message = questionText(question);
  switch (question.question_type) {
    case 'yes_no':
    case 'confirmation': {
      const yes = await prompter.confirm(message, signal);
      return yes === undefined ? undefined : { selected_option_key: yes ? 'yes' : 'no' };
    }
    case 'multiple_choice': {
      const options = choices(question);
      if (question.allow_freeform) options.push({ value: OTHER, label: 'Something else…' });
      const key = await prompter.select(message, options, signal);
      if (key === undefined) return undefined;
      return key === OTHER
        ? freeText(prompter, 'Your answer', signal)
        : { selected_option_key: key };
    }
    case 'multi_select': {
      const keys = await prompter.multiselect(message, choices(question), signal);
      return keys === undefined ? undefined : { selected_option_keys: [...keys] };
    }
    case 'freeform':
      return freeText(prompter, message, signal);
    default:
      return question.question_type satisfies never;
  }
}

async function freeText(
  prompter: Prompter,
  message: string,
  signal: AbortSignal,
): Promise<AnswerBody | undefined> {
  const value = await prompter.text(message, signal);
  return value === undefined ? undefined : { value };
}

function questionText(question: ApiQuestion): string {
  const context = safeText(question.context_display ?? '').trim();
  return context === '' ? oneLine(question.text) : `${oneLine(question.text)}\n${context}`;
}

function choices(question: ApiQuestion): PromptOption[] {
  return question.options.map((option) => ({
    value: option.key,
    label: oneLine(option.label),
    hint: option.key,
  }));
}
