/** Every limit of the client, with its reason. */

/** Attempts in a row without an event before a stream gives up; with the delays below about 25 s. */
export const MAX_RECONNECTS = 10;

/** First delay before a reconnect: a restarted local server is back within a second. */
export const FIRST_DELAY_MS = 250;

/** Longest delay before a reconnect; a person who watches should not wait longer for a server that is back. */
export const MAX_DELAY_MS = 4_000;

/** Silence after which a connection counts as dead: three of the server's keep-alive comments. */
export const STALL_MS = 45_000;

/** Longest single frame of a stream, in UTF-16 units; events are a few KB, replaced blocks some hundred. */
export const MAX_FRAME_LENGTH = 16 * 1024 * 1024;

/** Longest JSON answer that is read, in UTF-16 units: a page of 1,000 events. */
export const MAX_ANSWER_LENGTH = 64 * 1024 * 1024;

/** Deepest JSON in an answer; the projection of a run holds values of users. */
export const MAX_ANSWER_DEPTH = 256;
