/** The one shape of every failure (seed 001), with code and request id as extras (decision 12). */
import type { ErrorBody, ErrorCode } from '@fabro/protocol';

const REASON_PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** One failure before it becomes a body. */
export interface FailureEntry {
  readonly status: number;
  /** For humans: place, value, what was allowed, remedy. */
  readonly detail: string;
  readonly code?: ErrorCode;
  readonly requestId?: string;
}

/** The body `{"errors": [{status, title, detail, code?, request_id?}]}`. */
export function errorBody(entry: FailureEntry): ErrorBody {
  return {
    errors: [
      {
        status: String(entry.status),
        title: REASON_PHRASES[entry.status] ?? 'Error',
        detail: entry.detail,
        ...(entry.code === undefined ? {} : { code: entry.code }),
        ...(entry.requestId === undefined ? {} : { request_id: entry.requestId }),
      },
    ],
  };
}

/** The answer for a failure; `headers` are added to the content type. */
export function errorResponse(
  entry: FailureEntry,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(errorBody(entry)), {
    status: entry.status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
