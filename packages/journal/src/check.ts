/** What is checked about an append before it is queued, the same for every adapter. */
import { FabroError } from '@fabro/protocol';
import { encodeBody } from './event-line.js';
import { MAX_APPEND_EVENTS, MAX_BLOB_BYTES, MAX_EVENT_BYTES } from './limits.js';
import type { AppendRequest, Projection } from './port.js';
import type { RowChange } from './table.js';

/** An append as the writer takes it: texts and row changes, no functions. */
export interface EncodedEvent {
  readonly type: string;
  readonly body: string;
  readonly changes: readonly RowChange[];
}

export interface EncodedAppend {
  readonly stream: AppendRequest['stream'];
  readonly authority: AppendRequest['authority'];
  readonly events: readonly EncodedEvent[];
  readonly blobs: NonNullable<AppendRequest['blobs']>;
  readonly snapshot: AppendRequest['snapshot'];
  readonly bytes: number;
}

/** Encodes and measures; throws FabroError `too_large`, or `internal` for an append that is a defect. */
export function encodeAppend(
  request: AppendRequest,
  projections: readonly Projection[],
): EncodedAppend {
  if (request.events.length > MAX_APPEND_EVENTS)
    throw new FabroError(
      'too_large',
      `append of ${request.events.length} events to ${request.stream}: at most ${MAX_APPEND_EVENTS}`,
    );
  let bytes = request.snapshot?.body.length ?? 0;
  const events: EncodedEvent[] = [];
  for (const event of request.events) {
    const body = encodeBody(event.body);
    if (body.length > MAX_EVENT_BYTES)
      throw new FabroError(
        'too_large',
        `event ${event.type} of ${body.length} bytes in ${request.stream}: at most ${MAX_EVENT_BYTES}; store large values as a blob`,
      );
    bytes += body.length;
    events.push({ type: event.type, body, changes: projections.flatMap((p) => p.apply(event)) });
  }
  for (const blob of request.blobs ?? []) {
    if (blob.bytes.byteLength > MAX_BLOB_BYTES)
      throw new FabroError(
        'too_large',
        `blob of ${blob.bytes.byteLength} bytes in ${request.stream}: at most ${MAX_BLOB_BYTES}`,
      );
    bytes += blob.bytes.byteLength;
  }
  return {
    stream: request.stream,
    authority: request.authority,
    events,
    blobs: request.blobs ?? [],
    snapshot: request.snapshot,
    bytes,
  };
}
