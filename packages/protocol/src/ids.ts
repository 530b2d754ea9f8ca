/**
 * Branded identifiers. Each has one function that makes it and one that parses it; nothing else in the
 * tree casts a string to an id.
 */
import { ulid } from 'ulid';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A run: a ULID, 26 characters of Crockford base 32. */
export type RunId = Brand<string, 'RunId'>;
/** A stream of the journal: a run id, or the id of a standalone session. */
export type StreamId = Brand<string, 'StreamId'>;
/** One visit of a node: `node@visit`, visits count from 1. */
export type StageId = Brand<string, 'StageId'>;
/**
 * A path being walked: `root`, `<frame>/<node>@<visit>:<index>` for a parallel branch, or
 * `<frame>/<node>@<visit>:child` for a child workflow.
 */
export type FrameId = Brand<string, 'FrameId'>;
/** An open or answered question: a ULID. */
export type QuestionId = Brand<string, 'QuestionId'>;
/** The derived name of one act on the world: `run/frame/stage@visit/attempt/…`; never random. */
export type CallKey = Brand<string, 'CallKey'>;
/** The position of an event in its stream, from 1, without gaps; the journal assigns it at commit. */
export type EventSeq = Brand<number, 'EventSeq'>;
/** The SHA-256 of a blob's bytes as 64 lower-case hexadecimal digits. */
export type BlobHash = Brand<string, 'BlobHash'>;

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Where fresh ids come from; tests give a counter. */
export interface IdSource {
  /** A fresh ULID. */
  ulid(): string;
  /** A fresh UUID (event ids). */
  uuid(): string;
}

/** Ids from the platform's randomness. */
export const systemIds: IdSource = {
  ulid: () => ulid(),
  uuid: () => crypto.randomUUID(),
};

/** True for 26 characters that form a ULID (upper case, first digit at most 7). */
export function isUlid(text: string): boolean {
  return ULID.test(text);
}

/** Parses a run id; undefined when the text is no ULID. */
export function parseRunId(text: string): RunId | undefined {
  return isUlid(text) ? (text as RunId) : undefined;
}

/** Parses a question id; undefined when the text is no ULID. */
export function parseQuestionId(text: string): QuestionId | undefined {
  return isUlid(text) ? (text as QuestionId) : undefined;
}

/** The stream in which a run's events lie. */
export function runStream(run: RunId): StreamId {
  return run as string as StreamId;
}

/** The stream of a standalone session, or of a test. Throws a RangeError on blank or over-long text. */
export function streamId(text: string): StreamId {
  if (text.length === 0 || text.length > 128)
    throw new RangeError(`stream id "${text.slice(0, 40)}": expected 1 to 128 characters`);
  return text as StreamId;
}

/** `node@visit`. */
export function stageId(node: string, visit: number): StageId {
  return `${node}@${visit}` as StageId;
}

/** Splits `node@visit`; undefined when the text has another form or visit is not a number from 1. */
export function parseStageId(
  text: string,
): { readonly node: string; readonly visit: number } | undefined {
  const at = text.lastIndexOf('@');
  if (at <= 0) return undefined;
  const digits = text.slice(at + 1);
  if (!/^[1-9][0-9]{0,8}$/.test(digits)) return undefined;
  return { node: text.slice(0, at), visit: Number(digits) };
}

/** The frame in which every run begins. */
export const ROOT_FRAME = 'root' as FrameId;

/** The frame of branch `index` (from 0) of the parallel stage `stage` in `parent`. */
export function branchFrame(parent: FrameId, stage: StageId, index: number): FrameId {
  return `${parent}/${stage}:${index}` as FrameId;
}

/** The frame of the child workflow that the manager stage `stage` runs in `parent`. */
export function childFrame(parent: FrameId, stage: StageId): FrameId {
  return `${parent}/${stage}:child` as FrameId;
}

/** Joins the parts of a call key with `/`. */
export function callKey(...parts: readonly (string | number)[]): CallKey {
  return parts.join('/') as CallKey;
}

/** Checks a sequence number that comes from outside; undefined unless it is an integer from 0. */
export function eventSeq(value: number): EventSeq | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? (value as EventSeq) : undefined;
}

/** Parses a blob hash; undefined unless it is 64 lower-case hexadecimal digits. */
export function parseBlobHash(text: string): BlobHash | undefined {
  return SHA256.test(text) ? (text as BlobHash) : undefined;
}
