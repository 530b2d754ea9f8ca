/** Bounds of the journal; each with the reason for its number. */

/** Events one read returns at most: keeps a synchronous read on the main thread under a few milliseconds. */
export const MAX_READ_EVENTS = 500;
/** Bytes of one event's JSON. Larger values belong into a blob. */
export const MAX_EVENT_BYTES = 4 * 1024 * 1024;
/** Events of one append. A decision that needs more is a defect. */
export const MAX_APPEND_EVENTS = 1_000;
/** Bytes of one blob: what a command may print (64 MiB) fits. */
export const MAX_BLOB_BYTES = 64 * 1024 * 1024;
/** Bytes of one snapshot: a fold that outgrows this is folded from too much. */
export const MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024;
/** Bytes of one append, blobs included: a transaction this large still fits memory twice. */
export const MAX_APPEND_BYTES = 128 * 1024 * 1024;
/** Appends that wait for the writer. Past it appends are refused: the disk cannot follow. */
export const MAX_QUEUED_APPENDS = 10_000;
/** Bytes that wait for the writer; bounds memory while the disk hangs. */
export const MAX_QUEUED_BYTES = 256 * 1024 * 1024;
/** Appends of one transaction: bounds the time until the first of them is answered. */
export const MAX_BATCH_APPENDS = 512;
/** Bytes of one transaction. */
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** Committed events kept in memory for live subscribers, all streams together. */
export const RING_EVENTS = 4_096;
/** Bytes of the same ring. */
export const RING_BYTES = 16 * 1024 * 1024;
/** Events folded into rows per transaction when a projection's version changes. */
export const REBUILD_BATCH = 2_000;
/** Rows that one selection returns at most. */
export const MAX_SELECT_ROWS = 1_000;
