/** Every limit of the server, with its reason. */

/** Longest layout of one graph: 150 nodes take seconds, past 20 s the caller has given up. */
export const GRAPH_TIMEOUT_MS = 20_000;

/** How long the layout worker is kept after its last graph: the start costs 200 ms, its memory is 60 MB. */
export const GRAPH_IDLE_MS = 30_000;

/** Graphs that wait for the one layout worker; more are refused with 503. */
export const MAX_WAITING_GRAPHS = 16;

/** Layouts kept for repeated requests; the graph of a run does not change. */
export const MAX_CACHED_GRAPHS = 32;

/** Longest layout that is kept, in UTF-16 units; all kept ones together stay below 32 MB. */
export const MAX_CACHED_GRAPH_LENGTH = 512 * 1024;

/** How long answers in progress may take to end once the server stops; then their connections are cut. */
export const CLOSE_GRACE_MS = 5_000;

/** How often a stopping server drops connections that have become idle. */
export const CLOSE_POLL_MS = 20;

/** Longest wait for an answer when an existing socket is probed; a live local server accepts at once. */
export const PROBE_TIMEOUT_MS = 1_000;

/** Longest socket path that every platform can bind (macOS has 104 bytes with the final NUL). */
export const MAX_SOCKET_PATH_BYTES = 103;

/** Events in one page when the caller does not say, and at most (api reference §3). */
export const DEFAULT_EVENT_LIMIT = 100;
export const MAX_EVENT_LIMIT = 1_000;
