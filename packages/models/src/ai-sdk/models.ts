/** The port over the provider packages of the AI SDK. Importing this file loads none of them. */
import type { Model, Models } from '../port.js';
import { type Environment, PROVIDERS, isConfigured } from '../providers.js';
import { loadClient } from './client.js';
import { type ResolvedModel, resolveModel } from './resolve.js';
import { streamModel } from './stream.js';

export interface AiSdkModelsOptions {
  /** Where keys, base URLs and the default model come from; read at each `resolve`. */
  readonly env: Environment;
  /** Makes every request. Provider packages never see another one. */
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970, to read a Retry-After that is a date. Default: the system clock. */
  readonly now?: () => number;
}

/**
 * Real models of Anthropic, OpenAI and servers that speak chat completions. A provider's package is loaded
 * when its first answer is asked for. Nothing is retried here: `retryDelay` says when, the caller does it.
 */
export function createAiSdkModels(options: AiSdkModelsOptions): Models {
  const { env } = options;
  return {
    resolve: (wish) => toModel(resolveModel(wish, env), options),
    get configured() {
      return Object.values(PROVIDERS).some((provider) => isConfigured(provider, env));
    },
  };
}

function toModel(resolved: ResolvedModel, { fetch, now = Date.now }: AiSdkModelsOptions): Model {
  const { model } = resolved;
  return {
    provider: model.provider,
    id: model.id,
    scripted: false,
    contextWindow: model.contextWindow,
    stream: (request, { signal }) =>
      streamModel({ resolved, request, signal, now, load: () => loadClient(resolved, fetch) }),
  };
}
