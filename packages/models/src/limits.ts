/** Every bound of this package, with the reason for its number. */

/** Retries of one model call outside an agent session (engine reference §9.3). */
export const MODEL_RETRIES = 2;
/** Retries inside an agent session, where a lost turn costs more than waiting (§9.3). */
export const AGENT_MODEL_RETRIES = 3;
/** First wait before a retry, in milliseconds; it doubles with each attempt (§9.3). */
export const RETRY_BASE_MS = 1_000;
/** Longest wait before a retry; a provider that asks for more fails the call (§9.3). */
export const RETRY_MAX_MS = 60_000;

/** Characters of one answer: 128k tokens are about 0.5 million, reasoning and JSON may multiply that. */
export const ANSWER_MAX_CHARS = 8_000_000;
/** Nesting of tool arguments; real schemas stay under ten levels, a parser's stack holds thousands. */
export const ARGUMENTS_MAX_DEPTH = 64;
/** Characters of a provider's error text that go into a message; enough for a cause, too few for a page. */
export const ERROR_TEXT_MAX_CHARS = 1_000;

/** Context window assumed for a model outside the catalogue: what current servers offer at least. */
export const UNKNOWN_CONTEXT_WINDOW = 128_000;
/** Answer limit asked of a model outside the catalogue; a larger one is refused by small local servers. */
export const UNKNOWN_MAX_OUTPUT_TOKENS = 8_192;

/** Characters of a script file: hundreds of long turns; more is a mistaken path. */
export const SCRIPT_MAX_CHARS = 1_000_000;
/** YAML aliases resolved in a script, so that nested aliases cannot grow without bound. */
export const SCRIPT_MAX_ALIASES = 100;
/** Longest pause of a scripted turn: a test of slowness needs seconds, never more than ten minutes. */
export const SCRIPT_MAX_DELAY_MS = 600_000;
