/**
 * The agent loop. It holds nothing that the journal does not: after a restart the same lines run again, what
 * was recorded is returned instead of done, and the session goes on where it stood.
 */
import { openHead } from './head.js';
import { askModel } from './model-turn.js';
import { untilUnpaused } from './pause.js';
import type { AgentResult, RunAgent } from './port.js';
import { EDIT_FILE_PROFILE, NO_TOOLS } from './profile.js';
import { endSession, noteAnswerCut, noteLoop, noteTurnLimit } from './notes.js';
import { newSession } from './session.js';
import { runTools } from './tool-turn.js';

/** Runs a session to its end. Rejects only when the signal aborts or the journal cannot be written. */
export const runAgent: RunAgent = async (request, ports): Promise<AgentResult> => {
  const profile = request.plain === undefined ? EDIT_FILE_PROFILE : NO_TOOLS;
  const head = await openHead(request, ports, profile);
  const session = newSession(request, ports, profile, head);
  const { memory } = session;
  const { signal } = ports.calls;

  for (let turn = 1; ; turn++) {
    if (request.maxTurns > 0 && turn > request.maxTurns)
      return endSession(session, await noteTurnLimit(session));

    await untilUnpaused(ports.pause, signal);
    const answer = await askModel(session, turn);
    if (answer.kind === 'failed')
      return endSession(session, {
        message: answer.error,
        failure_class: answer.failureClass,
        retryable: answer.retryable,
      });

    const calls = memory.answered(answer.message, answer.usage);
    if (calls.length === 0) {
      if (answer.finishReason === 'length') await noteAnswerCut(session);
      return endSession(session);
    }

    await untilUnpaused(ports.pause, signal);
    const results = await runTools(session, turn, calls);
    const warning = memory.returned(calls, results);
    if (warning !== undefined) {
      await noteLoop(session, turn, warning);
      memory.told(warning);
    }
  }
};
