/** Tokens as a provider package counts them, in our terms and with their price. Pure. */
import type { LanguageModelV3Usage } from '@ai-sdk/provider';
import type { Usage } from '@fabro/protocol';
import { price } from '../catalogue.js';
import type { ModelInfo } from '../model-info.js';

/** `input_tokens` counts cached input too, `output_tokens` reasoning too; both are broken down beside. */
export function toUsage(
  { inputTokens, outputTokens }: LanguageModelV3Usage,
  model: ModelInfo,
): Usage {
  const usage: Usage = {
    input_tokens: count(inputTokens.total),
    output_tokens: count(outputTokens.total),
    reasoning_tokens: count(outputTokens.reasoning),
    cache_read_tokens: count(inputTokens.cacheRead),
    cache_write_tokens: count(inputTokens.cacheWrite),
  };
  const micros = price(usage, model);
  return micros === undefined ? usage : { ...usage, total_usd_micros: micros };
}

function count(tokens: number | undefined): number {
  return tokens !== undefined && Number.isFinite(tokens) ? Math.max(0, Math.round(tokens)) : 0;
}
