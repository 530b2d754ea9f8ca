/** Facts about a session that are no calls. */
import { callKey } from '@fabro/protocol';
import type { AgentResult } from './port.js';
import { type Session, turnKey } from './session.js';

/** The last note of a session, and its result. */
export async function endSession(
  session: Session,
  failure?: AgentResult['failure'],
): Promise<AgentResult> {
  const { request, ports } = session;
  const result = session.memory.result(failure);
  const transcript = await storeTranscript(session);
  await ports.calls.note(callKey(request.key, 'end'), {
    ...request.scope,
    event: 'agent.session.ended',
    properties: {
      visit: request.visit,
      turns: result.turns,
      tool_calls: result.toolCalls,
      ...(request.thread === undefined || transcript === undefined
        ? {}
        : { thread_id: request.thread.id, transcript_blob: transcript }),
    },
  });
  return result;
}

/** What the session has added to its thread and seen of files, for the next one that goes on with it. */
async function storeTranscript(session: Session): Promise<string | undefined> {
  if (session.request.thread === undefined) return undefined;
  const { added, read } = session.memory;
  const text = JSON.stringify({ messages: added, read: [...read] });
  return session.ports.calls.blob(new TextEncoder().encode(text));
}

/** Records that the turn limit is reached, and says so as a failure. */
export async function noteTurnLimit(
  session: Session,
): Promise<NonNullable<AgentResult['failure']>> {
  const { request, ports } = session;
  await ports.calls.note(callKey(request.key, 'limit'), {
    ...request.scope,
    event: 'agent.turn.limit',
    properties: { visit: request.visit, max_turns: request.maxTurns },
  });
  return {
    message: `agent session reached its turn limit of ${request.maxTurns}; raise max_turns or split the task`,
    failure_class: 'budget_exhausted',
    retryable: false,
  };
}

/** Records that the model was warned of going in circles. */
export function noteLoop(session: Session, turn: number, warning: string): Promise<void> {
  const { request, ports } = session;
  return ports.calls.note(turnKey(session, turn, 'loop'), {
    ...request.scope,
    event: 'agent.loop.detected',
    properties: { visit: request.visit, turn, message: warning },
  });
}

/** Records that the last answer is not whole. */
export function noteAnswerCut(session: Session): Promise<void> {
  const { request, ports } = session;
  return ports.calls.note(callKey(request.key, 'cut'), {
    ...request.scope,
    event: 'agent.warning',
    properties: {
      visit: request.visit,
      kind: 'output_limit',
      message: 'the last answer was cut at the limit of output tokens; raise max_tokens',
    },
  });
}
