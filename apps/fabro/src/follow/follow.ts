/** Follows a run to its end: draws it, asks its questions, lets go on Ctrl-C. */
import { type ApiQuestion, FabroError } from '@fabro/protocol';
import type { Api } from '../api.js';
import { curlWords } from '../connect/address.js';
import type { Connection } from '../connect/connect.js';
import type { Io } from '../io.js';
import { reduce, reduceLive } from '../render/reduce.js';
import { type Renderer, isInteractive, openRenderer } from '../render/renderer.js';
import { oneLine } from '../render/text.js';
import { type Happening, type RunEnd, type RunView, emptyView } from '../render/view.js';
import { answerBody, exampleAnswer, optionList } from './answer-body.js';
import { askInTerminal } from './ask.js';

export interface FollowOptions {
  readonly verbose: boolean;
  /** The run answers its questions itself: none is asked here, although each is open for a moment. */
  readonly autoApproved?: boolean;
  /** No progress; questions are still asked. */
  readonly quiet: boolean;
  /** Ends the following without ending the run. */
  readonly signal: AbortSignal;
}

export type Followed =
  | { readonly kind: 'ended'; readonly view: RunView; readonly end: RunEnd }
  | { readonly kind: 'detached'; readonly view: RunView };

/**
 * Replays the run from its first event and follows it. Ctrl-C, also inside a question, detaches: the run
 * goes on. Rejects when the stream ends without the run having ended.
 */
export async function follow(
  io: Io,
  connection: Connection,
  runId: string,
  options: FollowOptions,
): Promise<Followed> {
  const detach = new AbortController();
  const offInterrupt = io.onInterrupt(() => detach.abort());
  const signal = AbortSignal.any([detach.signal, options.signal]);
  const renderer = openRenderer(io, options);
  const questions = openQuestions(io, connection, runId, renderer, signal, () => detach.abort());
  let view = emptyView(runId);
  try {
    for await (const item of connection.api.attach(runId, 1, signal)) {
      if (item.kind === 'live') {
        view = reduceLive(view, item.event);
        renderer.update(view, []);
        continue;
      }
      const step = reduce(view, item.event);
      view = step.view;
      renderer.update(view, step.happened.map(questions.marked));
      if (options.autoApproved !== true)
        for (const happening of step.happened) questions.heard(happening);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    offInterrupt();
    try {
      await questions.close();
    } finally {
      renderer.close();
    }
  }
  if (view.end !== undefined) return { kind: 'ended', view, end: view.end };
  if (signal.aborted) return { kind: 'detached', view };
  throw new FabroError(
    'unavailable',
    `The stream of run ${runId} ended before the run did. Look again with \`fabro attach ${runId}\`.`,
  );
}

interface Questions {
  /** Says of a closed question whether its text was written before. */
  marked(happening: Happening): Happening;
  heard(happening: Happening): void;
  /** Withdraws an open prompt and waits until the terminal is free. Rejects with what went wrong in asking. */
  close(): Promise<void>;
}

/** Asks one question at a time, in the order in which they came. */
function openQuestions(
  io: Io,
  { api, address, storage }: Connection,
  runId: string,
  renderer: Renderer,
  signal: AbortSignal,
  detach: () => void,
): Questions {
  const closing = new AbortController();
  const closed = new Map<string, AbortController>();
  const written = new Set<string>();
  const stop = AbortSignal.any([signal, closing.signal]);
  let queue = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;

  const ask = async (id: string, answered: AbortSignal) => {
    if (stop.aborted || answered.aborted) return;
    // The stream replays old questions too: only those that the server still lists are open.
    const question = (await api.questions(runId)).find((open) => open.id === id);
    if (question === undefined || stop.aborted || answered.aborted) return;
    if (!isInteractive(io) || !io.stdin.isTTY) {
      written.add(id);
      for (const line of howToAnswer(question)) renderer.line(line);
      return;
    }
    const withdrawn = AbortSignal.any([stop, answered]);
    const prompter = await io.world.prompter();
    const body = await renderer.during(() => askInTerminal(prompter, question, withdrawn));
    if (withdrawn.aborted) return;
    if (body === undefined) return detach();
    await answerOnce(api, runId, id, body, renderer);
  };

  const howToAnswer = (question: ApiQuestion): readonly string[] => {
    const example = exampleAnswer(question);
    const body = JSON.stringify(answerBody(question, example));
    return [
      `? ${oneLine(question.text)}`,
      `  question ${question.id} (${question.question_type.replace('_', ' ')}) waits for an answer${question.options.length > 0 ? `: ${optionList(question)}` : ''}`,
      `  answer it:  fabro answer ${runId} ${question.id} ${shellWord(example)}`,
      `  or:         curl -H "Authorization: Bearer $(cat ${storage.devToken})" -H 'Content-Type: application/json' -d '${body}' ${curlWords(address)}/api/v1/runs/${runId}/questions/${question.id}/answer`,
    ];
  };

  return {
    marked: (happening) =>
      happening.kind === 'question_closed' && written.delete(happening.questionId)
        ? { ...happening, shown: true }
        : happening,
    heard(happening) {
      if (happening.kind === 'question') {
        const id = happening.question.question_id;
        const answered = new AbortController();
        closed.set(id, answered);
        queue = queue
          .then(() => ask(id, answered.signal))
          .catch((error: unknown) => {
            failure ??= { error };
            detach();
          });
      }
      if (happening.kind === 'question_closed') {
        closed.get(happening.questionId)?.abort();
        closed.delete(happening.questionId);
      }
    },
    async close() {
      closing.abort();
      await queue;
      if (failure !== undefined) throw failure.error;
    },
  };
}

async function answerOnce(
  api: Api,
  runId: string,
  question: string,
  body: Parameters<Api['answer']>[2],
  renderer: Renderer,
): Promise<void> {
  try {
    await api.answer(runId, question, body);
  } catch (error) {
    if (!(error instanceof FabroError) || error.code !== 'conflict') throw error;
    // Someone else was first; their answer comes by the stream.
    renderer.line(`note: ${error.message}`);
  }
}

function shellWord(text: string): string {
  return /^[\w,.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
