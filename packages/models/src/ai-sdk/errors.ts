/** Whatever a provider package throws or reports, as a ModelError that holds no key. */
import { messageOf } from '@fabro/protocol';
import { z } from 'zod';
import { ERROR_TEXT_MAX_CHARS } from '../limits.js';
import type { ModelError, ModelErrorKind } from '../port.js';
import { classify, isRetryable, retryAfterMs } from '../failure-kinds.js';
import type { ResolvedModel } from './resolve.js';

export interface FailurePlace {
  readonly resolved: ResolvedModel;
  /** Time of the failure, milliseconds since 1970. */
  readonly nowMs: number;
  /** True once the provider has begun to answer. */
  readonly streaming: boolean;
}

const code = z.union([z.string(), z.number()]).transform(String).nullish().catch(undefined);
/** What is read of an error: of a failed HTTP call, or of an error inside a stream. */
const Reported = z.looseObject({
  name: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  statusCode: z.number().optional().catch(undefined),
  responseHeaders: z.record(z.string(), z.string()).optional().catch(undefined),
  responseBody: z.string().optional().catch(undefined),
  type: code,
  code,
  data: z
    .looseObject({ error: z.looseObject({ type: code, code }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** Errors of the packages about an answer that they could not read. */
const UNREADABLE = new Set([
  'AI_JSONParseError',
  'AI_TypeValidationError',
  'AI_InvalidResponseDataError',
  'AI_EmptyResponseBodyError',
]);

/** A failure of the call or of its stream. */
export function toModelError(failure: unknown, place: FailurePlace): ModelError {
  const reported = Reported.safeParse(failure).data ?? {};
  const status = typeof reported.statusCode === 'number' ? reported.statusCode : undefined;
  const failedStatus = status !== undefined && status >= 400 ? status : undefined;
  const codes = [
    reported.type,
    reported.code,
    reported.data?.error?.type,
    reported.data?.error?.code,
  ].filter((value) => typeof value === 'string');
  const text = textOf(failure, reported.message, reported.responseBody);
  const kind = kindOf(failure, { status: failedStatus, codes, text, name: reported.name }, place);
  const wait = retryAfterMs(reported.responseHeaders ?? {}, place.nowMs);
  return modelError(kind, place.resolved, {
    status: failedStatus,
    text,
    cause: safeCause(failure, text, place.resolved),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

/** A ModelError with a message that names provider, model, status and remedy. */
export function modelError(
  kind: ModelErrorKind,
  resolved: ResolvedModel,
  facts: {
    readonly status?: number | undefined;
    readonly text: string;
    readonly cause?: unknown;
    readonly retryAfterMs?: number;
    readonly retryable?: boolean;
  },
): ModelError {
  const { model, provider } = resolved;
  const status = facts.status === undefined ? '' : ` ${facts.status}`;
  const said = withoutKeys(facts.text, resolved)
    .slice(0, ERROR_TEXT_MAX_CHARS)
    .replace(/[.\s]+$/, '');
  return {
    kind,
    message: `${provider.id}, model ${model.id}: ${WORDS[kind]}${status}: ${said}. ${remedy(kind, resolved)}`,
    retryable: facts.retryable ?? isRetryable(kind),
    ...(facts.retryAfterMs === undefined ? {} : { retryAfterMs: facts.retryAfterMs }),
    ...(facts.cause === undefined ? {} : { cause: facts.cause }),
  };
}

function kindOf(
  failure: unknown,
  facts: {
    readonly status: number | undefined;
    readonly codes: string[];
    readonly text: string;
    readonly name: string | undefined;
  },
  place: FailurePlace,
): ModelErrorKind {
  if (facts.status !== undefined) return classify(facts);
  if (facts.name !== undefined && UNREADABLE.has(facts.name)) return 'stream';
  // An error that is no exception was written by the provider into its stream.
  if (!(failure instanceof Error)) {
    const kind = classify(facts);
    // By then the request had been accepted, so that only an explicit word can make it the request's fault.
    const refused = facts.codes.some((value) => /invalid|bad_request/.test(value));
    return kind === 'invalid_request' && !refused ? 'server' : kind;
  }
  return place.streaming ? 'stream' : 'network';
}

function textOf(failure: unknown, message: string | undefined, body: string | undefined): string {
  if (message !== undefined && message !== '') return message;
  if (body !== undefined && body !== '') return body;
  if (failure instanceof Error) return 'it gave no reason';
  return typeof failure === 'object' ? JSON.stringify(failure) : messageOf(failure);
}

/** Name and text of the failure's root; the whole of it would hold the conversation and the headers. */
function safeCause(failure: unknown, text: string, resolved: ResolvedModel): Error {
  const root = failure instanceof Error && failure.cause instanceof Error ? failure.cause : failure;
  const said = root instanceof Error ? root.message : text;
  const cause = new Error(withoutKeys(said, resolved).slice(0, ERROR_TEXT_MAX_CHARS));
  if (root instanceof Error) cause.name = root.name;
  return cause;
}

/** The key itself, and anything that looks like one: providers echo keys in their refusals. */
function withoutKeys(text: string, { apiKey }: ResolvedModel): string {
  const known = apiKey === undefined ? text : text.replaceAll(apiKey, '[key]');
  return known.replace(/\b(?:sk|key|pk)-[\w*-]{6,}/g, '[key]');
}

const WORDS: Readonly<Record<ModelErrorKind, string>> = {
  authentication: 'key refused',
  access_denied: 'access denied',
  not_found: 'not found',
  invalid_request: 'request refused',
  context_length: 'conversation too long',
  quota_exceeded: 'quota used up',
  rate_limit: 'rate limit',
  server: 'provider failed',
  timeout: 'timed out',
  network: 'not reached',
  stream: 'answer broke off',
  content_filter: 'refused by the content filter',
  canceled: 'canceled',
};

function remedy(kind: ModelErrorKind, { provider, model }: ResolvedModel): string {
  switch (kind) {
    case 'authentication':
      return `Check ${provider.keyVariables.join(' or ')}.`;
    case 'access_denied':
      return `The key may not use this model; check the rights of ${provider.keyVariables.join(' or ')}.`;
    case 'not_found':
      return `Check the model's name and ${provider.baseUrlVariable}.`;
    case 'invalid_request':
      return 'The same request will be refused again.';
    case 'context_length':
      return `The model takes ${model.contextWindow} tokens; shorten the conversation or use another model.`;
    case 'quota_exceeded':
      return `Add credit at ${provider.id}, or use another provider.`;
    case 'rate_limit':
    case 'server':
    case 'stream':
      return 'Trying again may help.';
    case 'timeout':
      return 'Use another model, or a longer time limit.';
    case 'network':
      return `Check the network and ${provider.baseUrlVariable}.`;
    case 'content_filter':
      return 'Change what is asked.';
    case 'canceled':
      return 'It was stopped on request.';
    default:
      return kind satisfies never;
  }
}
