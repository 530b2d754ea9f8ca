/** From status, code and text of a failure to its kind (engine reference §9.3). Pure. */
import type { ModelErrorKind } from './port.js';

export interface FailureFacts {
  /** HTTP status; absent when the provider was not reached, or failed inside a stream. */
  readonly status?: number | undefined;
  /** The provider's own codes or types, e.g. `insufficient_quota`, `overloaded_error`. */
  readonly codes: readonly string[];
  readonly text: string;
}

const QUOTA =
  /insufficient_quota|credit balance|billing|exceeded your current quota|quota_exceeded/i;
const CONTEXT =
  /context[_ ](length|window)|maximum context|prompt is too long|input is too long|too many tokens|request_too_large/i;
const CONTENT = /content[_ ](filter|policy|management)|safety system|flagged/i;

/** Codes that providers send inside a stream, where there is no status. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  authentication_error: 401,
  invalid_api_key: 401,
  permission_error: 403,
  not_found_error: 404,
  model_not_found: 404,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  overloaded_error: 529,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
};

/** The kind of a failure that the provider itself reported. */
export function classify({ status: reported, codes, text }: FailureFacts): ModelErrorKind {
  const status = reported ?? codes.map(statusOfCode).find((found) => found !== undefined);
  const words = [...codes, text].join('\n');
  if (status === 429 || status === 402)
    return QUOTA.test(words) || status === 402 ? 'quota_exceeded' : 'rate_limit';
  if (status === 401) return 'authentication';
  if (status === 403) return 'access_denied';
  if (status === 404) return 'not_found';
  if (status === 408) return 'timeout';
  if (status === 413) return 'context_length';
  if (status !== undefined && status >= 500) return 'server';
  if (QUOTA.test(words)) return 'quota_exceeded';
  if (CONTEXT.test(words)) return 'context_length';
  if (CONTENT.test(words)) return 'content_filter';
  return 'invalid_request';
}

function statusOfCode(code: string): number | undefined {
  return /^[45]\d\d$/.test(code) ? Number(code) : STATUS_OF_CODE[code];
}

/** §9.3: what a second try may cure. A timeout is for failover, not for another wait of the same length. */
export function isRetryable(kind: ModelErrorKind): boolean {
  switch (kind) {
    case 'rate_limit':
    case 'server':
    case 'network':
    case 'stream':
      return true;
    case 'authentication':
    case 'access_denied':
    case 'not_found':
    case 'invalid_request':
    case 'context_length':
    case 'quota_exceeded':
    case 'timeout':
    case 'content_filter':
    case 'canceled':
      return false;
    default:
      return kind satisfies never;
  }
}

/**
 * Milliseconds that the provider asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date.
 * Undefined when it asks for nothing that can be read.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): number | undefined {
  const precise = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(precise)) return Math.max(0, Math.ceil(precise));
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1_000));
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
