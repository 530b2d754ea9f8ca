export {
  DEFAULT_PAGE_LIMIT,
  MAX_BODY_BYTES,
  MAX_ISSUES_IN_DETAIL,
  MAX_JSON_DEPTH,
  MAX_MANIFEST_BYTES,
  MAX_PAGE_LIMIT,
  MAX_PAGE_OFFSET,
  MAX_REQUEST_ID_LENGTH,
  SSE_KEEP_ALIVE_MS,
} from './limits.js';
export { type HttpEnv, type Transport } from './env.js';
export { type HttpLogger } from './logger.js';
export { type FailureEntry, errorBody, errorResponse } from './error-body.js';
export { failureOf, failureResponse } from './failure.js';
export { requestIds } from './request-id.js';
export { securityHeaders } from './security-headers.js';
export {
  type Authenticate,
  bearerAuth,
  bearerToken,
  constantTimeEquals,
  tokenAuthenticator,
} from './auth.js';
export { type PageRange, integerParameter, parsePage } from './page.js';
export { type TextPosition, jsonErrorPosition } from './json-position.js';
export { readBytes } from './read-bytes.js';
export { type JsonBodyOptions, jsonBody } from './json-body.js';
export { type SchemaIssue, describeIssues } from './issues.js';
export { OpenStreams } from './open-streams.js';
export { type SseFrame, encodeBatch } from './sse-frame.js';
export { type SseOptions, type SseSource, sseResponse } from './sse-response.js';
