/** Vitest's asymmetric matchers with a type that may stand anywhere in an expected value. */
import { expect } from 'vitest';

export const containing = (text: string): unknown => expect.stringContaining(text);
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const anyString = (): unknown => expect.any(String);
export const anyArray = (): unknown => expect.any(Array);
