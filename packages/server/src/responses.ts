/** Declarations of answers, so that every route documents its failures in the same words. */
import { ErrorResponse } from './schemas.js';

const failure = (description: string) => ({
  description,
  content: { 'application/json': { schema: ErrorResponse } },
});

const FAILURES = {
  400: failure('Bad Request'),
  401: failure('Unauthorized'),
  403: failure('Forbidden'),
  404: failure('Not Found'),
  409: failure('Conflict'),
  410: failure('Gone'),
  413: failure('Content Too Large'),
  415: failure('Unsupported Media Type'),
  500: failure('Internal Server Error'),
  501: failure('Not Implemented'),
  503: failure('Service Unavailable'),
} as const;

type Failures = typeof FAILURES;

/** The named failures and those that any authenticated route may have: 401, 500 and 503. */
export function failures<S extends keyof Failures>(
  ...statuses: readonly S[]
): Pick<Failures, S | 401 | 500 | 503> {
  const all: readonly (keyof Failures)[] = [401, 500, 503, ...statuses];
  return Object.fromEntries(all.map((status) => [status, FAILURES[status]])) as Pick<
    Failures,
    S | 401 | 500 | 503
  >;
}

/** Failures of a route that takes a JSON body. */
export const BODY_FAILURES = [400, 413, 415] as const;

/** A JSON answer. */
export function json<Schema>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}
