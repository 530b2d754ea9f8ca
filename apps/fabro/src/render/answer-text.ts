/** An answer as people read it. Pure. */
import type { Actor, Answer } from '@fabro/protocol';
import type { QuestionView } from './view.js';

const AUTOMATIC = 'auto-approved';

/** The label of the chosen option where it is known, else the key or the text; says so when nobody chose. */
export function answerText(
  question: QuestionView | undefined,
  answer: Answer,
  actor: Actor | undefined,
): string {
  const text = chosenText(question, answer);
  return actor?.kind === 'system' && text !== AUTOMATIC ? `${text} (${AUTOMATIC})` : text;
}

function chosenText(question: QuestionView | undefined, answer: Answer): string {
  const label = (key: string) =>
    question?.options.find((option) => option.key === key)?.label ?? key;
  switch (answer.kind) {
    case 'yes':
    case 'no':
    case 'skipped':
      return answer.kind;
    case 'selected':
      return label(answer.key);
    case 'multi_selected':
      return answer.keys.map(label).join(', ');
    case 'text':
      return answer.text;
    default:
      return answer satisfies never;
  }
}
