/** What is checked about an append before it is queued, the same for every adapter. */
import { FabroError, JsonObject } from '@fabro/protocol';
import { encodeBody, upcast } from './event-line.js';
import {
  MAX_APPEND_BYTES,
  MAX_APPEND_EVENTS,
  MAX_BLOB_BYTES,
  MAX_EVENT_BYTES,
  MAX_SNAPSHOT_BYTES,
} from './limits.js';
import type { AppendRequest, JournalOptions, NewEvent } from './port.js';
import { checkChange, checkRow, type RowChange } from './table.js';

/** An append as the writer takes it: texts and row changes, no functions. */
interface EncodedEvent {
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

/**
 * Encodes and measures; throws FabroError `too_large`, or a TypeError for a row change or a precondition that
 * does not fit the declared tables. Events are stored in their newest shape, so that live, read and rebuilt are the same.
 */
export function encodeAppend(request: AppendRequest, options: JournalOptions): EncodedAppend {
  if (request.events.length > MAX_APPEND_EVENTS)
    throw new FabroError(
      'too_large',
      `append of ${request.events.length} events to ${request.stream}: at most ${MAX_APPEND_EVENTS}`,
    );
  checkPreconditions(request, options);
  let bytes = Buffer.byteLength(request.snapshot?.body ?? '');
  if (bytes > MAX_SNAPSHOT_BYTES)
    throw new FabroError(
      'too_large',
      `snapshot of ${bytes} bytes in ${request.stream}: at most ${MAX_SNAPSHOT_BYTES}`,
    );
  const events: EncodedEvent[] = [];
  for (const event of request.events) {
    const body = upcast(event.type, encodeBody(event.body), options.upcasters ?? {});
    const size = Buffer.byteLength(body);
    if (size > MAX_EVENT_BYTES)
      throw new FabroError(
        'too_large',
        `event ${event.type} of ${size} bytes in ${request.stream}: at most ${MAX_EVENT_BYTES}; store large values as a blob`,
      );
    bytes += size;
    events.push({ type: event.type, body, changes: rowChanges(event, body, options) });
  }
  for (const blob of request.blobs ?? []) {
    if (blob.bytes.byteLength > MAX_BLOB_BYTES)
      throw new FabroError(
        'too_large',
        `blob of ${blob.bytes.byteLength} bytes in ${request.stream}: at most ${MAX_BLOB_BYTES}`,
      );
    bytes += blob.bytes.byteLength;
  }
  if (bytes > MAX_APPEND_BYTES)
    throw new FabroError(
      'too_large',
      `append of ${bytes} bytes to ${request.stream}: at most ${MAX_APPEND_BYTES}`,
    );
  return {
    stream: request.stream,
    authority: request.authority,
    events,
    // Copies: the caller may reuse its buffer while the append waits, and a pooled one would travel whole.
    blobs: (request.blobs ?? []).map((b) => ({ hash: b.hash, bytes: new Uint8Array(b.bytes) })),
    snapshot: request.snapshot,
    bytes,
  };
}

function checkPreconditions({ authority }: AppendRequest, options: JournalOptions): void {
  if (authority.kind === 'owner') return;
  for (const precondition of authority.preconditions) {
    if (precondition.kind !== 'row') continue;
    const { column } = precondition;
    const table = checkRow(
      precondition,
      options.projections.flatMap((p) => p.tables),
    );
    if (!Object.hasOwn(table.columns, column) && !Object.hasOwn(table.key, column))
      throw new TypeError(`table "${table.name}" has no column "${column}"`);
  }
}

function rowChanges(event: NewEvent, body: string, options: JournalOptions): readonly RowChange[] {
  if (options.projections.length === 0) return [];
  const current: NewEvent =
    options.upcasters?.[event.type] === undefined
      ? event
      : { type: event.type, body: JsonObject.parse(JSON.parse(body)) };
  return options.projections.flatMap((projection) => {
    const changes = projection.apply(current, current === event);
    for (const change of changes) checkChange(change, projection.tables);
    return changes;
  });
}

/** A page size that SQLite cannot read as "all": from 0 to `most`. */
export function boundedLimit(limit: number, most: number): number {
  return Math.max(0, Math.min(limit, most));
}
