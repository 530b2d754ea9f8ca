/**
 * From our request to the call of a provider package. Pure, and a function of the stored messages alone:
 * equal conversations give equal bodies, whichever process builds them.
 */
import type {
  LanguageModelV3CallOptions,
  LanguageModelV3Message,
  SharedV3ProviderOptions,
} from '@ai-sdk/provider';
import type { AssistantMessage, Message, ToolResultPart, ToolSpec } from '@fabro/protocol';
import type { ModelInfo } from '../model-info.js';
import type { ModelRequest } from '../port.js';
import type { ResolvedModel } from './resolve.js';

/** Marks a place up to which Anthropic keeps the prompt for the next turn. */
const CACHE_HERE = {
  anthropic: { cacheControl: { type: 'ephemeral' } },
} satisfies SharedV3ProviderOptions;

/** Thinking tokens for models that take a budget; the least leaves room for a plan, the most for a proof. */
const THINKING_BUDGET = { low: 4_096, medium: 16_384, high: 32_000 } as const;

/** The call for a request, without its signal. */
export function toCallOptions(
  request: ModelRequest,
  { model, wire }: Pick<ResolvedModel, 'model' | 'wire'>,
): LanguageModelV3CallOptions {
  const prompt = toPrompt(request);
  const providerOptions = toProviderOptions(request, model, wire);
  return {
    prompt: wire === 'anthropic' ? withCacheMarks(prompt) : prompt,
    maxOutputTokens: Math.min(
      request.maxOutputTokens ?? model.maxOutputTokens,
      model.maxOutputTokens,
    ),
    // Without them a ping or an event that the package does not know would be no sign of life.
    includeRawChunks: true,
    ...(request.tools.length === 0
      ? {}
      : { tools: request.tools.map(toTool), toolChoice: { type: 'auto' as const } }),
    ...(providerOptions === undefined ? {} : { providerOptions }),
  };
}

function toPrompt({ system, messages }: ModelRequest): LanguageModelV3Message[] {
  const head: LanguageModelV3Message[] = system === '' ? [] : [{ role: 'system', content: system }];
  // Every provider refuses a message without content; an answer can be empty when it was cut short.
  return [...head, ...messages.filter(({ content }) => content.length > 0).map(toMessage)];
}

function toMessage(message: Message): LanguageModelV3Message {
  switch (message.role) {
    case 'user':
      return {
        role: 'user',
        content: message.content.map((part) => ({
          type: 'text',
          text: part.text,
          ...opaque(part),
        })),
      };
    case 'assistant':
      return { role: 'assistant', content: message.content.map(toAssistantPart) };
    case 'tool':
      return { role: 'tool', content: message.content.map(toToolResult) };
    default:
      return message satisfies never;
  }
}

type V3Assistant = Extract<LanguageModelV3Message, { role: 'assistant' }>['content'][number];
type V3Tool = Extract<LanguageModelV3Message, { role: 'tool' }>['content'][number];

function toAssistantPart(part: AssistantMessage['content'][number]): V3Assistant {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...opaque(part) };
    case 'reasoning':
      return { type: 'reasoning', text: part.text, ...opaque(part) };
    case 'tool_call':
      return {
        type: 'tool-call',
        toolCallId: part.tool_call_id,
        toolName: part.tool_name,
        // Providers refuse arguments that are no object; the model still sees what it wrote.
        input: part.invalid === undefined ? part.input : { unparsed_arguments: part.input },
        ...opaque(part),
      };
    default:
      return part satisfies never;
  }
}

function toToolResult(part: ToolResultPart): V3Tool {
  return {
    type: 'tool-result',
    toolCallId: part.tool_call_id,
    toolName: part.tool_name,
    output: { type: part.is_error ? 'error-text' : 'text', value: part.output },
    ...opaque(part),
  };
}

function opaque(part: { readonly provider_options?: SharedV3ProviderOptions | undefined }): {
  providerOptions?: SharedV3ProviderOptions;
} {
  return part.provider_options === undefined ? {} : { providerOptions: part.provider_options };
}

function toTool({
  name,
  description,
  input_schema,
}: ToolSpec): NonNullable<LanguageModelV3CallOptions['tools']>[number] {
  return { type: 'function', name, description, inputSchema: input_schema };
}

/**
 * Marks the system text and the end of the conversation. The mark at the end moves on with each turn; the
 * provider finds the longest prefix that it still has.
 */
function withCacheMarks(prompt: readonly LanguageModelV3Message[]): LanguageModelV3Message[] {
  return prompt.map((message, index) =>
    message.role === 'system' || (index === prompt.length - 1 && message.role !== 'assistant')
      ? { ...message, providerOptions: CACHE_HERE }
      : message,
  );
}

function toProviderOptions(
  { reasoningEffort: effort }: ModelRequest,
  { features, provider }: ModelInfo,
  wire: ResolvedModel['wire'],
): SharedV3ProviderOptions | undefined {
  switch (wire) {
    case 'anthropic':
      if (effort === undefined) return undefined;
      if (features.reasoning === 'adaptive')
        return { anthropic: { thinking: { type: 'adaptive' }, effort } };
      if (features.reasoning === 'budget')
        return {
          anthropic: { thinking: { type: 'enabled', budgetTokens: THINKING_BUDGET[effort] } },
        };
      return undefined;
    case 'openai':
      // Nothing is kept at the provider: reasoning comes back encrypted and is sent again with the messages.
      return {
        openai: { store: false, ...(effort === undefined ? {} : { reasoningEffort: effort }) },
      };
    case 'chat_completions':
      return effort === undefined || features.reasoning !== 'effort'
        ? undefined
        : { [provider]: { reasoningEffort: effort } };
    default:
      return wire satisfies never;
  }
}
