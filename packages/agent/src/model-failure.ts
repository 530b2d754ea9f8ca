/** What a failed model call means for the stage (§4.5 "SDK errors"). Pure. */
import type { ModelErrorKind } from '@fabro/models';
import type { FailureClass } from '@fabro/protocol';

export function failureClassOf(kind: ModelErrorKind): FailureClass {
  switch (kind) {
    case 'rate_limit':
    case 'server':
    case 'timeout':
    case 'network':
    case 'stream':
      return 'transient_infra';
    case 'context_length':
    case 'quota_exceeded':
      return 'budget_exhausted';
    case 'canceled':
      return 'canceled';
    case 'authentication':
    case 'access_denied':
    case 'not_found':
    case 'invalid_request':
    case 'content_filter':
      return 'deterministic';
    default:
      return kind satisfies never;
  }
}
