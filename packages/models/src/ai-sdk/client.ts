/** Loads the one provider package that a model needs. */
import type { LanguageModelV3 } from '@ai-sdk/provider';
import type { ResolvedModel } from './resolve.js';

/** Address and key are always given, so that the packages read no environment of their own. */
export async function loadClient(
  { wire, baseUrl, apiKey, model, provider }: ResolvedModel,
  fetch: typeof globalThis.fetch,
): Promise<LanguageModelV3> {
  switch (wire) {
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic({ baseURL: baseUrl, apiKey: apiKey ?? '', fetch })(model.id);
    }
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return createOpenAI({ baseURL: baseUrl, apiKey: apiKey ?? '', fetch }).responses(model.id);
    }
    case 'chat_completions': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      return createOpenAICompatible({
        name: provider.id,
        baseURL: baseUrl,
        ...(apiKey === undefined ? {} : { apiKey }),
        fetch,
        includeUsage: true,
      }).chatModel(model.id);
    }
    default:
      return wire satisfies never;
  }
}
