/** Turns anything thrown into a failure that is safe to show, and says whether it belongs in the log. */
import { FabroError } from '@fabro/protocol';
import { HTTPException } from 'hono/http-exception';
import { errorResponse, type FailureEntry } from './error-body.js';
import type { HttpLogger } from './logger.js';

/** The failure of a thrown value; a defect shows nothing but the request id. */
export function failureOf(error: unknown, requestId: string): FailureEntry {
  if (error instanceof FabroError)
    return { status: error.status, detail: error.message, code: error.code, requestId };
  if (error instanceof HTTPException && error.status < 500)
    return { status: error.status, detail: error.message, requestId };
  return {
    status: 500,
    detail: `Internal error; request id ${requestId} finds it in the server's log.`,
    code: 'internal',
    requestId,
  };
}

/** Renders a thrown value and logs it when the server, not the caller, is at fault (500 and above but 501). */
export function failureResponse(error: unknown, requestId: string, logger: HttpLogger): Response {
  const failure = failureOf(error, requestId);
  if (failure.status >= 500 && failure.status !== 501)
    logger.error({ request_id: requestId, err: error }, failure.detail);
  return errorResponse(
    failure,
    failure.status === 401 ? { 'www-authenticate': 'Bearer realm="fabro"' } : {},
  );
}
