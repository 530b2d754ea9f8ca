/** One request to the model, streamed to live readers, to its last event. */
import type { FinishReason, Model, ModelError, ModelRequest } from '@fabro/models';
import type { AssistantMessage, Usage } from '@fabro/protocol';
import type { LiveBlock } from './live-block.js';

export type StreamEnd =
  | {
      readonly ok: true;
      readonly message: AssistantMessage;
      readonly usage: Usage;
      readonly finishReason: FinishReason;
    }
  | { readonly ok: false; readonly error: ModelError };

/** Rejects only with the signal's reason. */
export async function streamToEnd(
  model: Model,
  request: ModelRequest,
  block: LiveBlock,
  signal: AbortSignal,
): Promise<StreamEnd> {
  block.begin();
  for await (const event of model.stream(request, { signal })) {
    switch (event.type) {
      case 'text_delta':
        block.text(event.delta);
        break;
      case 'reasoning_delta':
        block.reasoning(event.delta);
        break;
      case 'activity':
        break;
      case 'error':
        signal.throwIfAborted();
        return { ok: false, error: event.error };
      case 'finish':
        if (event.finishReason === 'error')
          return broken(model, 'the answer ended with finish reason "error"');
        return {
          ok: true,
          message: event.message,
          usage: event.usage,
          finishReason: event.finishReason,
        };
      default:
        return event satisfies never;
    }
  }
  signal.throwIfAborted();
  return broken(model, 'the stream ended without a last event');
}

function broken(model: Model, what: string): StreamEnd {
  return {
    ok: false,
    error: { kind: 'stream', message: `${model.provider} ${model.id}: ${what}`, retryable: true },
  };
}
