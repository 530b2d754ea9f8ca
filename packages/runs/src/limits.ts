/** Bounds of the life of runs; each with the reason for its number. */

/** Runs that are queued or waiting to be started. Past it, starting another is refused. */
export const MAX_QUEUED_RUNS = 10_000;
/** Live deltas that one slow reader may owe before it is sent the open block whole instead. */
export const MAX_LIVE_BACKLOG = 256;
/** Characters of an open block kept for readers that connect late. */
export const MAX_OPEN_BLOCK_CHARS = 200_000;
/** Runs that one prune looks at. */
export const MAX_PRUNED_RUNS = 1_000;
/** Runs whose sizes one answer about the disk lists, the largest first: who makes space begins there. */
export const MAX_SIZED_RUNS = 1_000;
/** Milliseconds that an ended run is kept by a prune without filters. */
export const PRUNE_AGE_MS = 24 * 60 * 60 * 1000;
/** Milliseconds a forced delete waits for a run to end. */
export const FORCED_DELETE_MS = 30_000;
/**
 * Bytes of the reserve: what pausing fifty runs writes to the journal's log (three events each, ten pages of
 * 4 KB a commit).
 */
export const DISK_RESERVE_BYTES = 2 * 1024 * 1024;
/**
 * Bytes of events and blobs of one append while a fork's history is copied: others' appends wait no longer
 * than for a commit of this size. A larger blob goes by itself.
 */
export const FORK_APPEND_BYTES = 8 * 1024 * 1024;
/** Events of such an append: as many as one read gives. */
export const FORK_APPEND_EVENTS = 500;
/** Checkpoints that the message about an unknown target lists, so that it stays readable. */
export const MAX_LISTED_TARGETS = 20;
/** Free bytes from which a server that was full goes on: as much as the journal's log may grow by itself. */
export const DISK_FREE_AGAIN_BYTES = 64 * 1024 * 1024;
/** Milliseconds between two looks at the disk: runs wait as long between two tries to append. */
export const DISK_CHECK_MS = 1_000;
/** Stages under way that a list of runs names for each: more do not fit on a line, and a page has 100 runs. */
export const MAX_LISTED_STAGES = 8;
/** Bytes of a retro: an event takes 4 MiB, and a list of retros is read as a whole. */
export const MAX_RETRO_BYTES = 1024 * 1024;
/** Characters of notes and of a failure that a retro quotes; the whole stands in the stage's own event. */
export const RETRO_TEXT_CHARS = 500;
/** Files that a retro names in all, and of one stage: more is a diff and no list. */
export const MAX_RETRO_FILES = 1_000;
export const MAX_RETRO_STAGE_FILES = 100;
/** Artifacts of a run that are listed; each stage captures far fewer. */
export const MAX_LISTED_ARTIFACTS = 10_000;
/** Milliseconds that all steps of `run.prepare` may take together unless it says otherwise (engine reference §12). */
export const PREPARE_MS = 5 * 60_000;
