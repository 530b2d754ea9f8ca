/** OpenAI's two APIs on one server: responses, and chat completions as every compatible server speaks it. */
import type { TwinScript } from './answers.js';
import { chatFrame, chatFrames } from './openai-chat.js';
import { responseFrame, responseFrames } from './openai-responses.js';
import { type Twin, startHttpTwin } from './http-twin.js';

/** Answers `POST /v1/responses` and `POST /v1/chat/completions`. */
export function startOpenAiTwin(script: TwinScript): Promise<Twin> {
  return startHttpTwin(script, {
    frames: (path) => {
      if (path === '/v1/responses') return responseFrames;
      return path === '/v1/chat/completions' ? chatFrames : undefined;
    },
    errorFrame: (path, { type, message }) =>
      path === '/v1/responses'
        ? responseFrame('error', { code: type, message, param: null, sequence_number: 0 })
        : chatFrame({ error: { type, code: type, message } }),
    errorBody: ({ type, message }) => ({ error: { message, type, param: null, code: type } }),
  });
}
