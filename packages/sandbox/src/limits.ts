/** Every number that bounds this package, with its reason. */

/** Output per stream when a command asks for nothing else: long build logs fit, a runaway loop does not. */
export const DEFAULT_MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Largest file that tools read or write whole; larger ones do not fit beside other work in memory. */
export const DEFAULT_MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Larger files are left out of a search: they are data, and reading them would hold up everybody. */
export const GREP_MAX_FILE_BYTES = 4 * 1024 * 1024;

/** Where a search looks for a NUL byte to tell a binary file. */
export const BINARY_SNIFF_BYTES = 8 * 1024;

/** A matching line is cut here: lines of minified files have megabytes. */
export const GREP_MAX_LINE_CHARS = 2_000;

/** How long a search may work without letting others run. */
export const GREP_SLICE_MS = 8;

/** Folder entries that one search looks at: several large monorepositories, about 10 s. */
export const MAX_WALK_ENTRIES = 1_000_000;

/** Longest regular expression or glob pattern; people write tens of characters. */
export const MAX_PATTERN_CHARS = 1_000;

/** Alternatives that the braces of a pattern may expand to; `{a,b}` ten times would be a thousand. */
export const MAX_PATTERN_ALTERNATIVES = 256;

/** Symbolic links followed in a row when writing: the kernel's own number. */
export const MAX_LINKS = 40;
