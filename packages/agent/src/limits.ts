/** Every limit of the agent loop, with the reason for its number. */
import type { TextLimit } from './truncate.js';

/** Tool calls of one turn that act at the same time: enough to overlap waits, few enough for a small machine. */
export const PARALLEL_TOOL_CALLS = 8;

/** Tool turns that loop detection looks back on (§10). */
export const LOOP_HISTORY = 10;

/** Longest repeated pattern, in tool turns, that counts as a loop (§10). */
export const LOOP_PATTERN = 3;

/** Timeout of `shell` when the model names none: test suites and builds of usual size fit. */
export const SHELL_DEFAULT_TIMEOUT_MS = 120_000;

/** Longest timeout that `shell` takes; longer wishes are cut to it (§10). */
export const SHELL_MAX_TIMEOUT_MS = 600_000;

/** Bytes per stream after which a command is ended: far more than a model can read, small enough to redact in memory. */
export const SHELL_MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/** Longest line that is streamed live; a longer one shows in the tool's result only. */
export const LIVE_LINE_CHARS = 16 * 1024;

/** Largest file that the file tools read or change: larger ones are data, for which there is `shell`. */
export const FILE_MAX_BYTES = 10 * 1024 * 1024;

/** Lines that `read_file` gives when the model names no limit. */
export const READ_DEFAULT_LINES = 2_000;

/** Bytes at the start of a file in which a NUL byte tells that it is binary; what git looks at. */
export const BINARY_PROBE_BYTES = 8_000;

/** Matches of `grep` without a wish of the model; as many lines as its text limit lets through. */
export const GREP_DEFAULT_RESULTS = 200;

/** Most matches of `grep`, whatever the model asks for. */
export const GREP_MAX_RESULTS = 1_000;

/** Longest matched line that `grep` shows: minified files would fill the result with one line. */
export const GREP_LINE_CHARS = 500;

/** Most paths of `glob`; the newest come first. */
export const GLOB_MAX_RESULTS = 500;

/** How much of a tool's result the model sees (§10). */
export const TEXT_LIMITS = {
  read_file: { chars: 50_000, keep: 'head_and_tail' },
  shell: { chars: 30_000, keep: 'head_and_tail', lines: 256 },
  grep: { chars: 20_000, keep: 'tail', lines: 200 },
  glob: { chars: 20_000, keep: 'tail', lines: 500 },
  edit_file: { chars: 10_000, keep: 'tail' },
  write_file: { chars: 1_000, keep: 'tail' },
} as const satisfies Record<string, TextLimit>;

/** Answers to calls that never reached a tool. */
export const REFUSAL_LIMIT: TextLimit = { chars: 10_000, keep: 'head_and_tail' };
