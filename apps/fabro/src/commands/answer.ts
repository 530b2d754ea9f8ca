/** `fabro answer`: answer a question from a script. */
import { FabroError } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, say } from '../context.js';
import { answerBody } from '../follow/answer-body.js';
import { connectAloud } from './attach.js';

export type AnswerOptions = ServerFlags;

/** Answers one open question; the value is read by the question's kind. */
export async function answerCommand(
  context: Context,
  given: { readonly run: string; readonly question: string; readonly value: string },
  options: AnswerOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(given.run);
  const open = await api.questions(id);
  const question = open.find((candidate) => candidate.id === given.question);
  if (question === undefined) {
    const known = open.map((candidate) => `${candidate.id} ("${candidate.text}")`).join(', ');
    throw new FabroError(
      'conflict',
      `Run ${id} has no open question ${given.question}; it may be answered already. Open: ${known === '' ? 'none' : known}.`,
    );
  }
  await api.answer(id, question.id, answerBody(question, given.value));
  if (context.json) printJson(context.io, { run_id: id, question_id: question.id });
  else say(context, `Answered "${question.text}".`);
  return 0;
}
