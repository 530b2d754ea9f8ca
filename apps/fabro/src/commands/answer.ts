/** `fabro answer`: answer a question from a script. */
import { type ApiQuestion, FabroError } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, say } from '../context.js';
import { answerBody } from '../follow/answer-body.js';
import { connectAloud } from './attach.js';

export type AnswerOptions = ServerFlags;

export interface GivenAnswer {
  readonly run: string;
  /** Absent means the only open question. */
  readonly question?: string;
  readonly value: string;
}

/** Answers one open question; the value is read by the question's kind. */
export async function answerCommand(
  context: Context,
  given: GivenAnswer,
  options: AnswerOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(given.run);
  const question = choose(id, await api.questions(id), given);
  await api.answer(id, question.id, answerBody(question, given.value));
  if (context.json) printJson(context.io, { run_id: id, question_id: question.id });
  else say(context, `Answered "${question.text}".`);
  return 0;
}

/** Throws FabroError `conflict` when it is not clear, or not open any more, what is answered. */
function choose(run: string, open: readonly ApiQuestion[], { question }: GivenAnswer): ApiQuestion {
  const found =
    question === undefined && open.length === 1 ? open[0] : open.find(({ id }) => id === question);
  if (found !== undefined) return found;
  const known = open.map(({ id, text }) => `${id} ("${text}")`).join(', ');
  const what = question === undefined ? '' : ` ${question}`;
  throw new FabroError(
    'conflict',
    question === undefined && open.length > 1
      ? `Run ${run} has ${open.length} open questions; name the one to answer: ${known}.`
      : `Run ${run} has no open question${what}; it may be answered already. Open: ${known === '' ? 'none' : known}.`,
  );
}
