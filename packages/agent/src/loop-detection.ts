/** Tells a model that turns in circles from one that works (§10). Pure. */
import { createHash } from 'node:crypto';
import type { ToolCallPart } from '@fabro/protocol';
import { LOOP_HISTORY, LOOP_PATTERN } from './limits.js';

/** What the model is told; the session goes on. */
export const LOOP_WARNING =
  'Your last tool calls repeat without progress. Stop repeating them: look at the results you already ' +
  'have, then try another approach or finish with what you know.';

/** Equal for turns that make the same calls in the same order. */
export function turnSignature(calls: readonly ToolCallPart[]): string {
  const acts = calls.map((call) => [call.tool_name, call.input]);
  return createHash('sha256').update(JSON.stringify(acts)).digest('hex');
}

/**
 * True when one pattern of one to three turns fills the recent history, repeated at least once. Two equal
 * turns are enough while nothing else has been done.
 */
export function isLooping(signatures: readonly string[]): boolean {
  const recent = signatures.slice(-LOOP_HISTORY);
  for (let length = 1; length <= LOOP_PATTERN; length++) {
    if (recent.length < 2 * length) return false;
    if (recent.every((signature, i) => i < length || signature === recent[i - length])) return true;
  }
  return false;
}
