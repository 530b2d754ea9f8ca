/** A service that answers a POST with a text: what HTTP hooks talk to. */
import type { TwinScript } from './answers.js';
import { type Twin, startHttpTwin } from './http-twin.js';

/** `text` of an answer is its whole body; a refusal's body is `{"error": …}`. */
export async function startServiceTwin(script: TwinScript): Promise<Twin> {
  return await startHttpTwin(script, {
    frames:
      () =>
      ({ text = '' }) => [text],
    errorFrame: () => '',
    errorBody: ({ message }) => ({ error: message }),
  });
}
