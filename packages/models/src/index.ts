export {
  type FinishReason,
  type Model,
  type ModelError,
  type ModelErrorKind,
  type ModelEvent,
  type ModelRequest,
  type Models,
} from './port.js';
export { CATALOGUE, defaultModelOf, findModel, price, similarModels } from './catalogue.js';
export { MODEL_NAMES } from './model-names.js';
export { type ModelInfo, type ReasoningControl } from './model-info.js';
export {
  DEFAULT_PROVIDER_ORDER,
  PROVIDERS,
  PROVIDER_IDS,
  type Environment,
  type ProviderId,
  type ProviderInfo,
  type ProviderWire,
  findProvider,
  isConfigured,
} from './providers.js';
export { editDistance, nearMatches } from './near-matches.js';
export { type FailureFacts, classify, isRetryable, retryAfterMs } from './failure-kinds.js';
export { retryDelay } from './retry.js';
export { AGENT_MODEL_RETRIES, MODEL_RETRIES } from './limits.js';
