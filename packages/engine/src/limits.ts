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
/** Bytes of a branch's last answer in `parallel.responses`: a page, which who judges or sums up gets of each branch. */
export const BRANCH_RESPONSE_BYTES = 4_000;
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
/** Times that a failure with the same signature may repeat, unless the graph says otherwise (engine reference §3.1). */
export const DEFAULT_SIGNATURE_LIMIT = 3;
/** Child workflows inside child workflows: a workflow that calls itself ends here and not in memory. */
export const MAX_CHILD_DEPTH = 8;
/** Milliseconds between two looks of a manager stage at its child (engine reference §3.2). */
export const MANAGER_POLL_MS = 45_000;
/** Looks of a manager stage at its child unless the node says otherwise (engine reference §3.2). */
export const MANAGER_MAX_CYCLES = 1_000;
/** Milliseconds without an event or a delta after which a run counts as stalled (engine reference §3.1). */
export const STALL_TIMEOUT_MS = 1_800_000;
/** Bytes of what one session of a thread has said: more would not fit into any model's window. */
export const MAX_THREAD_BYTES = 16 * 1024 * 1024;
/** Nesting of a tool call's arguments in a thread; providers refuse deeper ones. */
export const MAX_THREAD_DEPTH = 64;
/** Bytes of the project's documents that a prompt stage is told (engine reference §10). */
export const MAX_PROJECT_DOCS_BYTES = 32_768;
/** Branches that run at once unless `max_parallel` says otherwise (engine reference §3.2). */
export const DEFAULT_MAX_PARALLEL = 4;
/** Milliseconds, before the jitter, of the longest delay between two attempts (engine reference §4.4). */
export const MAX_DELAY_MS = 60_000;
/** Last lines of a command's output that a preamble quotes (engine reference §5.2). */
export const QUOTED_LINES = 25;
/** Milliseconds that a hook has unless it says otherwise (engine reference §9.1). */
export const HOOK_TIMEOUT_MS = 60_000;
/** The same for a hook that asks a model once (engine reference §9.1). */
export const PROMPT_HOOK_TIMEOUT_MS = 30_000;
/** Rounds of tools that an agent hook has unless it says otherwise (engine reference §9.1). */
export const HOOK_TOOL_ROUNDS = 50;
/** Longest matcher of a hook; people write tens of characters. */
export const MAX_MATCHER_CHARS = 1_000;
/** Longest text in what a hook is told: a long tool result shows its beginning. */
export const MAX_HOOK_TEXT_CHARS = 65_536;
/** Most that a hook is told; past it the tool's input is left out. Receivers of HTTP often take 1 MiB. */
export const MAX_HOOK_CONTEXT_BYTES = 1024 * 1024;
/** Bytes a stream of a hook may print: a test suite's chatter fits, a runaway loop does not. */
export const MAX_HOOK_OUTPUT_BYTES = 16 * 1024 * 1024;
/** Longest output or answer that is read as a decision; real ones have tens of bytes. */
export const MAX_DECISION_BYTES = 65_536;
/** Deepest nesting of a decision, which has none, with room for fields that are ignored. */
export const MAX_DECISION_DEPTH = 32;
/** Longest reason that is kept: a paragraph, as it is shown in lists and told to models. */
export const MAX_REASON_CHARS = 2_000;
/** Bytes of a hook's output that its record keeps. */
export const HOOK_TAIL_BYTES = 2_048;
/** Bytes read in front of a tail, so that a secret at its edge is seen whole and hidden: the longest private keys. */
export const REDACT_MARGIN_BYTES = 16_384;
/** Milliseconds for removing the context file of a hook that was ended. */
export const HOOK_CLEAN_TIMEOUT_MS = 5_000;
/** Last lines of a command's output that the preamble `summary:high` quotes (engine reference §5.2). */
export const HIGH_QUOTED_LINES = 50;
/** Longest line of output in a preamble: people's lines fit, a minified file's does not. */
export const PREAMBLE_LINE_CHARS = 1_000;
/** Longest script, note, reason, list of files or context value in a preamble: a page of text. */
export const PREAMBLE_VALUE_CHARS = 4_000;
/** Longest answer of a model that the preamble `summary:high` quotes: several pages, about 5,000 tokens. */
export const PREAMBLE_RESPONSE_CHARS = 20_000;
/** Longest preamble: about 50,000 tokens, a quarter of the window of common models. */
export const MAX_PREAMBLE_CHARS = 200_000;
/** Milliseconds for finding artifacts (engine reference §5.3). */
export const ARTIFACT_FIND_TIMEOUT_MS = 30_000;
/** Largest file that is kept as an artifact (engine reference §5.3). */
export const MAX_ARTIFACT_BYTES = 10 * 1024 * 1024;
/** Files that one attempt may keep (engine reference §5.3). */
export const MAX_ARTIFACTS = 100;
/** Bytes that one attempt may keep (engine reference §5.3). */
export const MAX_ARTIFACT_TOTAL_BYTES = 50 * 1024 * 1024;
/** Bytes of the list of files that match artifact globs: about 100,000 files. */
export const MAX_ARTIFACT_LIST_BYTES = 8 * 1024 * 1024;
/** Patterns that the artifact globs may come to: fits into a command line, and `find` tries each on each file. */
export const MAX_ARTIFACT_TESTS = 256;
/** Longest artifact glob; people write tens of characters. */
export const MAX_ARTIFACT_GLOB_CHARS = 1_000;
/** Files that a notice names when artifacts are left out. */
export const MAX_NAMED_ARTIFACTS = 5;
