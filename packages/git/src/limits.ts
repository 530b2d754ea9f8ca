/** Bounds of this package, each with its reason. */

/** Commands that read a few objects; past this the disk or a lock is in the way, not the work. */
export const QUICK_TIMEOUT_MS = 30_000;

/** Commands that walk or write the whole tree: a cold monorepo on a slow disk takes minutes. */
export const TREE_TIMEOUT_MS = 600_000;

/** Output of commands that print a few lines; the slack is for configuration with many entries. */
export const QUICK_OUTPUT_BYTES = 4 * 1024 * 1024;

/** `git commit` prints a line for each created file; 32 MiB are some 300,000 of them. */
export const COMMIT_OUTPUT_BYTES = 32 * 1024 * 1024;

/** Most bytes of a patch: what a person still opens, and what an event can point to as one blob. */
export const DIFF_BYTES = 4 * 1024 * 1024;

/** End of git's error output that goes into a message. */
export const STDERR_TAIL_BYTES = 2_000;

/** Filter drivers that are overridden one by one; the environment of a process has to hold them. */
export const MAX_FILTER_DRIVERS = 256;

/** Most entries of one `log`. */
export const MAX_LOG_ENTRIES = 1_000;
