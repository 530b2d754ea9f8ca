/** Every limit of the HTTP kit, with its reason. */

/** Longest request body by default: ordinary bodies are a few hundred bytes, 2 MiB is the documented limit. */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/**
 * Longest run manifest. It carries every file that a workflow names (prompts, imports, Dockerfiles), so it
 * outgrows the default; 8 MiB of text is more than a workflow of 1,000 prompts of 8 KB.
 */
export const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/** Deepest JSON in a request: the API's own bodies nest 6 levels, labels and inputs of users a few more. */
export const MAX_JSON_DEPTH = 64;

/** Longest request id taken over from a client: room for a UUID with a prefix, short enough for a log line. */
export const MAX_REQUEST_ID_LENGTH = 64;

/** Items in a page when the caller does not say. */
export const DEFAULT_PAGE_LIMIT = 20;

/** Most items in a page. */
export const MAX_PAGE_LIMIT = 100;

/** Largest offset; larger ones are clamped, as the newest generation of the API does. */
export const MAX_PAGE_OFFSET = 1_000_000;

/** Silence after which a stream sends a comment: below the 30 s at which common proxies cut idle connections. */
export const SSE_KEEP_ALIVE_MS = 15_000;

/** Schema issues named in one answer; a wrong body would otherwise echo one for every element of a list. */
export const MAX_ISSUES_IN_DETAIL = 5;
