/**
 * Puts the parts of a stream together to one message. The message is its own JSON round trip, so that what
 * is used now and what is read from a journal later are the same.
 */
import type { LanguageModelV3StreamPart, SharedV3ProviderMetadata } from '@ai-sdk/provider';
import { AssistantMessage, parseJson } from '@fabro/protocol';
import { ANSWER_MAX_CHARS, ARGUMENTS_MAX_DEPTH } from '../limits.js';

type Draft =
  | { readonly type: 'text' | 'reasoning'; text: string; metadata: SharedV3ProviderMetadata }
  | {
      readonly type: 'tool_call';
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
      readonly metadata: SharedV3ProviderMetadata;
    };
type TextDraft = Extract<Draft, { type: 'text' | 'reasoning' }>;

export interface Assembly {
  /** Takes a part in; parts without content are ignored. Throws RangeError past the limit of an answer. */
  add(part: LanguageModelV3StreamPart): void;
  /** The message so far. */
  message(): AssistantMessage;
}

export function createAssembly(): Assembly {
  const drafts: Draft[] = [];
  const open = new Map<string, TextDraft>();
  let characters = 0;

  function begin(type: TextDraft['type'], id: string): TextDraft {
    const draft: TextDraft = { type, text: '', metadata: {} };
    drafts.push(draft);
    open.set(`${type} ${id}`, draft);
    return draft;
  }
  function grow(by: number): void {
    characters += by;
    if (characters > ANSWER_MAX_CHARS)
      throw new RangeError(`the answer is longer than ${ANSWER_MAX_CHARS} characters`);
  }
  function extend(
    type: TextDraft['type'],
    part: {
      readonly id: string;
      readonly delta?: string;
      readonly providerMetadata?: SharedV3ProviderMetadata;
    },
  ): void {
    const draft = open.get(`${type} ${part.id}`) ?? begin(type, part.id);
    grow(part.delta?.length ?? 0);
    draft.text += part.delta ?? '';
    draft.metadata = merge(draft.metadata, part.providerMetadata);
  }

  return {
    add(part) {
      switch (part.type) {
        case 'text-start':
        case 'reasoning-start': {
          const type = part.type === 'text-start' ? 'text' : 'reasoning';
          begin(type, part.id).metadata = merge({}, part.providerMetadata);
          return;
        }
        case 'text-delta':
        case 'text-end':
          extend('text', part);
          return;
        case 'reasoning-delta':
        case 'reasoning-end':
          extend('reasoning', part);
          return;
        case 'tool-call':
          grow(part.input.length);
          drafts.push({
            type: 'tool_call',
            id: part.toolCallId,
            name: part.toolName,
            arguments: part.input,
            metadata: merge({}, part.providerMetadata),
          });
          return;
        default:
          return;
      }
    },
    message: () =>
      AssistantMessage.parse(
        JSON.parse(
          JSON.stringify({ role: 'assistant', content: drafts.filter(hasContent).map(toPart) }),
        ),
      ),
  };
}

/** Blank text is refused by Anthropic when it is sent back; reasoning may consist of its signature alone. */
function hasContent(draft: Draft): boolean {
  switch (draft.type) {
    case 'text':
      return draft.text.trim() !== '';
    case 'reasoning':
      return draft.text !== '' || Object.keys(draft.metadata).length > 0;
    case 'tool_call':
      return true;
    default:
      return draft satisfies never;
  }
}

function toPart(draft: Draft): object {
  const opaque =
    Object.keys(draft.metadata).length === 0 ? {} : { provider_options: draft.metadata };
  if (draft.type !== 'tool_call') return { type: draft.type, text: draft.text, ...opaque };
  return {
    type: 'tool_call',
    tool_call_id: draft.id,
    tool_name: draft.name,
    ...parseArguments(draft.arguments),
    ...opaque,
  };
}

function parseArguments(text: string): { readonly input: unknown; readonly invalid?: string } {
  // A tool without parameters may come with no arguments at all.
  if (text.trim() === '') return { input: {} };
  const parsed = parseJson(text, { maxLength: ANSWER_MAX_CHARS, maxDepth: ARGUMENTS_MAX_DEPTH });
  if (!parsed.ok) return { input: text, invalid: parsed.message };
  const { value } = parsed;
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { input: text, invalid: 'the arguments are no JSON object' };
  return { input: value };
}

function merge(
  into: SharedV3ProviderMetadata,
  more: SharedV3ProviderMetadata | undefined,
): SharedV3ProviderMetadata {
  const merged = { ...into };
  for (const [provider, values] of Object.entries(more ?? {}))
    merged[provider] = { ...merged[provider], ...values };
  return merged;
}
