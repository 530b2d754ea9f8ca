/**
 * What a session knows, folded from recorded values only: running the loop again with recorded calls gives
 * the same memory, and so the same next request.
 */
import {
  type AssistantMessage,
  type Message,
  type ToolCallPart,
  type Usage,
  addUsage,
} from '@fabro/protocol';
import { LOOP_WARNING, isLooping, turnSignature } from './loop-detection.js';
import type { AgentResult, AgentThread } from './port.js';
import type { ToolReturn } from './tool-return.js';

export class Memory {
  readonly messages: Message[];
  readonly #inherited: number;
  /** Places whose contents the model has seen. */
  readonly read: Set<string>;
  turns = 0;
  #toolCalls = 0;
  #text = '';
  #usage: Usage | undefined;
  readonly #touched = new Set<string>();
  readonly #signatures: string[] = [];

  /** @param before the conversation that this session goes on. */
  constructor(before: Pick<AgentThread, 'messages' | 'read'> = { messages: [], read: [] }) {
    this.messages = [...before.messages];
    this.read = new Set(before.read);
    this.#inherited = before.messages.length;
  }

  /** What this session has added to the conversation. */
  get added(): readonly Message[] {
    return this.messages.slice(this.#inherited);
  }

  /** A message from outside the model: the prompt, steering, a warning. */
  told(text: string): void {
    this.messages.push({ role: 'user', content: [{ type: 'text', text }] });
  }

  /** The model's answer of one turn. Returns the tool calls that it asks for. */
  answered(message: AssistantMessage, usage: Usage | undefined): readonly ToolCallPart[] {
    this.messages.push(message);
    this.turns += 1;
    this.#usage = addUsage(this.#usage, usage);
    const text = textOf(message);
    if (text !== '') this.#text = text;
    return message.content.filter((part) => part.type === 'tool_call');
  }

  /** The results of a turn's tool calls, in the order of the calls. Returns a warning when the model turns in circles. */
  returned(calls: readonly ToolCallPart[], results: readonly ToolReturn[]): string | undefined {
    this.#toolCalls += calls.length;
    this.#signatures.push(turnSignature(calls));
    for (const result of results) {
      for (const place of result.filesRead) this.read.add(place);
      for (const place of result.filesTouched) this.#touched.add(place);
    }
    this.messages.push({ role: 'tool', content: results.map((result) => result.part) });
    return isLooping(this.#signatures) ? LOOP_WARNING : undefined;
  }

  result(failure?: AgentResult['failure']): AgentResult {
    return {
      text: this.#text,
      turns: this.turns,
      toolCalls: this.#toolCalls,
      filesTouched: [...this.#touched].sort(),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      ...(failure === undefined ? {} : { failure }),
    };
  }
}

/** The text of an answer, without reasoning and tool calls. */
export function textOf(message: AssistantMessage): string {
  return message.content
    .filter((part) => part.type === 'text')
    .map((part) => part.text)
    .join('');
}
