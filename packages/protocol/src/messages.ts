/**
 * A conversation in no provider's dialect. `provider_options` carries what a provider wants back unread
 * (thinking signatures, encrypted reasoning), so that a conversation can go on after a restart byte for byte.
 */
import { z } from 'zod';

const opaque = {
  provider_options: z.record(z.string(), z.record(z.string(), z.json())).optional(),
};

export const TextPart = z.object({ type: z.literal('text'), text: z.string(), ...opaque });
export const ReasoningPart = z.object({
  type: z.literal('reasoning'),
  text: z.string(),
  ...opaque,
});
export const ToolCallPart = z.object({
  type: z.literal('tool_call'),
  tool_call_id: z.string(),
  tool_name: z.string(),
  /** Parsed arguments, or the raw text when it was no JSON. */
  input: z.json(),
  /** Set when the arguments could not be parsed; the loop answers the model with it. */
  invalid: z.string().optional(),
  ...opaque,
});
export type ToolCallPart = z.infer<typeof ToolCallPart>;
export const ToolResultPart = z.object({
  type: z.literal('tool_result'),
  tool_call_id: z.string(),
  tool_name: z.string(),
  output: z.string(),
  is_error: z.boolean(),
  ...opaque,
});
export type ToolResultPart = z.infer<typeof ToolResultPart>;

export const UserMessage = z.object({ role: z.literal('user'), content: z.array(TextPart) });
export const AssistantMessage = z.object({
  role: z.literal('assistant'),
  content: z.array(z.discriminatedUnion('type', [TextPart, ReasoningPart, ToolCallPart])),
});
export type AssistantMessage = z.infer<typeof AssistantMessage>;
export const ToolMessage = z.object({ role: z.literal('tool'), content: z.array(ToolResultPart) });

export const Message = z.discriminatedUnion('role', [UserMessage, AssistantMessage, ToolMessage]);
export type Message = z.infer<typeof Message>;

/** A tool as a model sees it; `input_schema` is JSON Schema. */
export const ToolSpec = z.object({
  name: z.string(),
  description: z.string(),
  input_schema: z.record(z.string(), z.json()),
});
export type ToolSpec = z.infer<typeof ToolSpec>;
