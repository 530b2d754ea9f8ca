/** Page parameters (decision 13). */
import { FabroError } from '@fabro/protocol';
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT, MAX_PAGE_OFFSET } from './limits.js';

export interface PageRange {
  /** 1 to 100. */
  readonly limit: number;
  /** 0 to 1,000,000. */
  readonly offset: number;
}

/**
 * Reads `page[limit]` (default 20, clamped to 1..100) and `page[offset]` (default 0).
 * Throws `invalid_argument` for what is no integer and for a negative offset.
 */
export function parsePage(limit: string | undefined, offset: string | undefined): PageRange {
  const from = integerParameter('page[offset]', offset, 'an integer from 0') ?? 0;
  if (from < 0)
    throw new FabroError(
      'invalid_argument',
      `Parameter page[offset] is ${offset}; expected an integer from 0.`,
    );
  const count =
    integerParameter('page[limit]', limit, `an integer (clamped to 1..${MAX_PAGE_LIMIT})`) ??
    DEFAULT_PAGE_LIMIT;
  return { limit: clamp(count, 1, MAX_PAGE_LIMIT), offset: clamp(from, 0, MAX_PAGE_OFFSET) };
}

/** Reads an integer parameter; undefined when absent. Throws `invalid_argument` naming what was expected. */
export function integerParameter(
  name: string,
  text: string | undefined,
  expected: string,
): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new FabroError(
    'invalid_argument',
    `Parameter ${name} is "${text.slice(0, 40)}"; expected ${expected}.`,
  );
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
