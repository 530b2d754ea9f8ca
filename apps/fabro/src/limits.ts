/** Limits of the command line, each with the reason for its number. */

/** Output kept of a program that a command runs (git, npm): a large diff, and far below what fills a heap. */
export const PROGRAM_OUTPUT_BYTES = 32 * 1024 * 1024;

/** A cold start on a slow disk takes a few seconds; recovery of many runs goes on after the ready line. */
export const SERVER_START_MS = 30_000;

/** One look at /health over a local socket; a server whose loop is busy for longer is reported as silent. */
export const HEALTH_MS = 3_000;

/** Between two looks while waiting for another process to start or to end. */
export const POLL_MS = 50;

/** Eight frames a second read as motion and cost nothing. */
export const FRAME_MS = 120;

/** Between two looks of `ps --watch`: its clocks show whole seconds. */
export const WATCH_MS = 1_000;

/** Tool calls shown under a running agent stage; the latest say what it is doing. */
export const SHOWN_TOOL_CALLS = 4;

/** Characters kept of the text that a model is writing: more than one wide terminal line can show. */
export const LIVE_TEXT_CHARACTERS = 600;

/** Lines that `fabro logs` quotes of a text; the whole is there with --verbose. */
export const FOLDED_LINES = 8;

/** Characters after which a streamed line is written although it has no end yet: a wide terminal's line. */
export const LIVE_LINE_CHARACTERS = 160;

/** A completion that takes longer than this is in the way of who types. */
export const COMPLETION_MS = 400;

/** Runs that a completion offers, the newest: more are not read. */
export const COMPLETION_RUNS = 30;

/** Lines held back while a question is open in the terminal; past it the oldest are dropped and counted. */
export const HELD_LINES = 500;

/** The output block shows the end of a long answer; the whole is in `fabro inspect`. */
export const OUTPUT_CHARACTERS = 20_000;

/** Largest first line a starting server may print. */
export const READY_LINE_CHARACTERS = 64 * 1024;

/** Largest workflow, settings or prompt file that is put into a manifest; the server's body limit is above it. */
export const SOURCE_FILE_BYTES = 4 * 1024 * 1024;

/** Rows asked for in one page: the largest page that the API gives. */
export const PAGE_ROWS = 100;

/** Events asked for in one page: the largest page that the API gives. */
export const PAGE_EVENTS = 1000;

/** Headers of one message of an editor: two short lines, with room for ones that nobody knows. */
export const LSP_HEADER_BYTES = 8 * 1024;

/** One message of an editor: the longest workflow text, each character escaped, several times over. */
export const LSP_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Pause in typing after which a workflow is checked: not felt as waiting, and longer than between two keys. */
export const LSP_DEBOUNCE_MS = 150;

/** Workflows that an editor has open and wants checked: more than anyone works on. */
export const LSP_DOCUMENTS = 500;

/** Diagnostics shown for one workflow; past it a last one counts the rest. */
export const LSP_DIAGNOSTICS = 500;

/** Names of a folder that are offered for a file reference. */
export const LSP_FOLDER_ENTRIES = 500;

/** Stages that get a folder of their own in a dump: ranks have three digits (engine reference §7). */
export const MAX_DUMPED_STAGES = 999;

/** Events of one page of a dump: an event may have 4 MiB, and a page is in memory at once. */
export const DUMP_PAGE_EVENTS = 200;
