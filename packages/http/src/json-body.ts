/** Reads a JSON body within limits before any schema sees it: 413, 415 and 400 with a position. */
import { FabroError, parseJson } from '@fabro/protocol';
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './env.js';
import { jsonErrorPosition } from './json-position.js';
import { MAX_BODY_BYTES, MAX_JSON_DEPTH } from './limits.js';
import { readBytes } from './read-bytes.js';

export interface JsonBodyOptions {
  /** Default `MAX_BODY_BYTES`. */
  readonly maxBytes?: number;
  /** True accepts an absent body and reads it as `{}`. */
  readonly optional?: boolean;
}

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;

/** Middleware for routes that take a JSON body; leaves the checked text for the route's validator. */
export function jsonBody(options: JsonBodyOptions = {}): MiddlewareHandler<HttpEnv> {
  const maxBytes = options.maxBytes ?? MAX_BODY_BYTES;
  return async (c, next) => {
    const type = c.req.header('content-type');
    if (type !== undefined && !JSON_TYPE.test(type)) throw wrongType(`"${type.slice(0, 80)}"`);
    const bytes = await readBytes(c.req.raw, maxBytes);
    if (bytes.byteLength > 0 && type === undefined) throw wrongType('absent');
    if (bytes.byteLength === 0 && options.optional !== true)
      throw new FabroError('invalid_argument', 'Request body is empty; expected a JSON object.');
    const text = bytes.byteLength === 0 ? '{}' : checkedJson(decode(bytes), maxBytes);
    const { method, headers, url } = c.req.raw;
    // The body has been read, so the validator gets a request with the same text; without a content type it
    // must find no body at all.
    c.req.raw = new Request(url, { method, headers, body: type === undefined ? null : text });
    await next();
  };
}

function checkedJson(text: string, maxLength: number): string {
  const parsed = parseJson(text, { maxLength, maxDepth: MAX_JSON_DEPTH });
  if (parsed.ok) return text;
  const { line, column } = jsonErrorPosition(text);
  throw new FabroError(
    'invalid_argument',
    `Request body is not acceptable JSON at line ${line}, column ${column}: ${parsed.message}.`,
  );
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FabroError('invalid_argument', 'Request body is not valid UTF-8.', { cause });
  }
}

function wrongType(given: string): FabroError {
  return new FabroError(
    'unsupported_media_type',
    `Content-Type is ${given}; expected application/json.`,
  );
}
