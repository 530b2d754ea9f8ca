/** Reads answers: JSON within limits, by schema, and failures as FabroError. */
import {
  ERROR_CODES,
  ErrorBody,
  type ErrorCode,
  FabroError,
  type JsonValue,
  parseJson,
} from '@fabro/protocol';
import { MAX_ANSWER_DEPTH, MAX_ANSWER_LENGTH } from './limits.js';

/** The part of a schema that reading needs. */
export interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly message: string } };
}

/** Parses by a schema. Throws `upstream` naming the place when the answer has another shape. */
export function parseAs<T>(schema: Schema<T>, value: unknown, place: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unexpected(place, parsed.error.message);
}

/** The JSON of an answer. Throws `upstream` when it is none. */
export async function jsonOf(response: Response, place: string): Promise<JsonValue> {
  return parseText(await response.text(), place);
}

/** Parses JSON text from the server. Throws `upstream` when it is none. */
export function parseText(text: string, place: string): JsonValue {
  const parsed = parseJson(text, { maxLength: MAX_ANSWER_LENGTH, maxDepth: MAX_ANSWER_DEPTH });
  if (parsed.ok) return parsed.value;
  throw unexpected(place, parsed.message);
}

/** The error that a failed answer stands for: the server's detail and code. */
export async function errorOf(response: Response, place: string): Promise<FabroError> {
  const text = await response.text();
  const parsed = parseJson(text, { maxLength: MAX_ANSWER_LENGTH, maxDepth: MAX_ANSWER_DEPTH });
  const body = ErrorBody.safeParse(parsed.ok ? parsed.value : undefined);
  const entry = body.success ? body.data.errors[0] : undefined;
  if (entry === undefined)
    return new FabroError(
      codeOfStatus(response.status),
      `${place} was answered with status ${response.status} and no error body: ${text.slice(0, 200)}`,
    );
  const code = entry['code'];
  return new FabroError(isCode(code) ? code : codeOfStatus(response.status), entry.detail);
}

function unexpected(place: string, problem: string): FabroError {
  return new FabroError(
    'upstream',
    `${place} was answered with something unexpected (is the server of another version?): ${problem}`,
  );
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}

/** For answers without a code, of a proxy for example. */
function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 400:
    case 405:
      return 'invalid_argument';
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    case 410:
      return 'gone';
    case 413:
      return 'too_large';
    case 415:
      return 'unsupported_media_type';
    case 501:
      return 'not_implemented';
    case 503:
      return 'unavailable';
    default:
      return status >= 500 ? 'upstream' : 'invalid_argument';
  }
}
