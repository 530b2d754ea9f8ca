/** Bounds of the engine; each with the reason for its number. */

/** Events between two snapshots: a fold after a restart reads at most this many (a few milliseconds). */
export const SNAPSHOT_EVENTS = 1_000;
/** A context value whose JSON is longer becomes a blob (engine reference §5.3). */
export const MAX_CONTEXT_BYTES = 102_400;
/** Milliseconds a command may run unless the node says otherwise (engine reference §3.2). */
export const COMMAND_TIMEOUT_MS = 600_000;
/** Bytes of a failed command's output that its failure message quotes, each stream (engine reference §3.2). */
export const FAILURE_TAIL_BYTES = 4_096;
/** Bytes of output kept in the event itself; longer output is a blob beside it. */
export const INLINE_OUTPUT_BYTES = 2_048;
/** Bytes of a command's output as a blob of JSON; longer output keeps its end. The journal takes 64 MiB a blob. */
export const MAX_OUTPUT_BLOB_BYTES = 60 * 1024 * 1024;
/** Bytes of blobs in one append; more go ahead in appends of their own. The journal takes 128 MiB an append. */
export const MAX_APPEND_BLOB_BYTES = 64 * 1024 * 1024;
/** Bytes of `last_response` (engine reference §3.2). */
export const LAST_RESPONSE_BYTES = 200;
/** Milliseconds between tries to append while the disk is full. */
export const FULL_DISK_RETRY_MS = 1_000;
/** Events one decision may record before they are committed: bounds the append of a loop without acts. */
export const MAX_DECIDED_EVENTS = 256;
/** Largest `{…}` of a model's answer that is read as a routing object. */
export const MAX_ROUTING_CHARS = 100_000;
/** Crashes without a checkpoint in between after which a run is given up: more would only crash the server again. */
export const MAX_RESTARTS = 3;
/** Visits of one node in a dry run without a limit of its own: loops have no real outcome to end them. */
export const DRY_RUN_VISITS = 10;
/** Branches that run at once unless `max_parallel` says otherwise (engine reference §3.2). */
export const DEFAULT_MAX_PARALLEL = 4;
/** Milliseconds, before the jitter, of the longest delay between two attempts (engine reference §4.4). */
export const MAX_DELAY_MS = 60_000;
/** Last lines of a command's output that a preamble quotes (engine reference §5.2). */
export const QUOTED_LINES = 25;
