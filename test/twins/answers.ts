/** What a twin is told to answer, in no provider's dialect. */
import type { TwinRequest } from './http-twin.js';

export interface TwinToolCall {
  /** Default: derived from the number of the request and of the call. */
  readonly id?: string;
  readonly name: string;
  /** A text is sent as it is, also when it is no JSON. */
  readonly arguments: Readonly<Record<string, unknown>> | string;
}

/** An answer that streams. */
export interface TwinReply {
  readonly reasoning?: {
    readonly text: string;
    /** Thinking signature (Anthropic) or encrypted reasoning (OpenAI responses). */
    readonly signature: string;
  };
  readonly text?: string;
  readonly toolCalls?: readonly TwinToolCall[];
  readonly stop?: 'end' | 'length' | 'refusal';
  /** Default: 100 in, 20 out. `input` counts cached tokens too. */
  readonly usage?: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
    readonly reasoning?: number;
  };
  /** Milliseconds before each frame. */
  readonly frameDelayMs?: number;
  /** What goes wrong after so many frames. */
  readonly interrupt?: {
    readonly afterFrames: number;
    /**
     * `drop` breaks the connection, `end` closes it in good order, `stall` sends nothing more until one side
     * closes; an error is sent as the provider's own error frame.
     */
    readonly how: 'drop' | 'end' | 'stall' | { readonly type: string; readonly message: string };
  };
}

/** A refusal before any stream. */
export interface TwinRefusal {
  readonly status: number;
  readonly message?: string;
  /** The provider's error type or code. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type TwinAnswer = TwinReply | TwinRefusal;

/** Answers in order, or a function of the request (`index` counts from 0). */
export type TwinScript =
  | readonly TwinAnswer[]
  | ((request: TwinRequest, index: number) => TwinAnswer | Promise<TwinAnswer>);

/** The answer to a request; a list that has run out refuses with 400, which no client retries. */
export async function answerOf(
  script: TwinScript,
  request: TwinRequest,
  index: number,
): Promise<TwinAnswer> {
  if (typeof script === 'function') return script(request, index);
  return (
    script[index] ?? {
      status: 400,
      type: 'twin_script',
      message: `the twin has no answer ${index + 1}`,
    }
  );
}

export function isRefusal(answer: TwinAnswer): answer is TwinRefusal {
  return 'status' in answer;
}

/** Arguments as they go over the wire. */
export function argumentsText({ arguments: value }: TwinToolCall): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A text in pieces, so that clients have something to put together. */
export function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,12}/gu) ?? [];
}

export function usageOf(reply: TwinReply): Required<NonNullable<TwinReply['usage']>> {
  return { input: 100, output: 20, cacheRead: 0, cacheWrite: 0, reasoning: 0, ...reply.usage };
}
