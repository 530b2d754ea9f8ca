/** Every number that bounds this package, with its reason. */

/** Between TERM and KILL: long enough to flush and remove temporary files, short enough for an impatient caller. */
export const TERM_GRACE_MS = 2_000;

/** How often a group that is being ended is looked at: below what a person notices, above what costs. */
export const GROUP_POLL_MS = 10;

/** A group that is still there after this long may consist of zombies only; from then on states are read. */
export const ZOMBIE_CHECK_AFTER_MS = 30;

/** After KILL: past it a process hangs in the kernel (a dead network disk) and the caller must hear so. */
export const KILL_WAIT_MS = 10_000;

/** How often growing output is looked at: 20 updates a second look live, and a look costs microseconds. */
export const OUTPUT_POLL_MS = 50;

/** Bytes read from an output file at once. */
export const OUTPUT_READ_BYTES = 64 * 1024;

/** A stream that goes on writing after its limit gets this much more before TERM becomes KILL. */
export const OUTPUT_OVERRUN_BYTES = 16 * 1024 * 1024;

/** Largest standard input; it passes through one line to the spawner. */
export const MAX_STDIN_BYTES = 16 * 1024 * 1024;

/** Runs at once: far above any scheduler's setting, below the usual limit of processes per user. */
export const MAX_ACTIVE_RUNS = 4_096;

/** From starting the spawner to its first line; a loaded machine needs a second or two. */
export const SPAWNER_START_MS = 20_000;

/** Longest line of the spawner: its reports are short, so a longer one means that it is broken. */
export const MAX_REPORT_BYTES = 64 * 1024;

/** Longest line to the spawner: standard input when every character is escaped (six times), and the environment. */
export const MAX_COMMAND_BYTES = 6 * MAX_STDIN_BYTES + 16 * 1024 * 1024;

/** What is kept of the spawner's standard error to explain its death. */
export const SPAWNER_STDERR_CHARS = 4_096;

/** How often processes that an earlier server left behind are looked for while they are being ended. */
export const LEFTOVER_POLL_MS = 50;

/** Files of /proc read at once. */
export const PROC_READS_AT_ONCE = 32;

/** Longest output of `ps`, where there is no /proc: thousands of processes with their environments. */
export const MAX_PS_BYTES = 256 * 1024 * 1024;

/** Milliseconds after the last command until the spawner is let go: its memory is worth more than the 0.1 s of a new start. */
export const IDLE_SPAWNER_MS = 30_000;
