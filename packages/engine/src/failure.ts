/** Failure classes and signatures (engine reference §4.5), pure. */
import type { Failure, FailureClass } from '@fabro/protocol';

const TRANSIENT = [
  'timeout',
  'timed out',
  'rate limit',
  'connection refused',
  'connection reset',
  'context deadline exceeded',
  'could not resolve host',
  'temporary failure',
  'network is unreachable',
  'broken pipe',
  'no route to host',
  'temporarily unavailable',
  'try again',
  'too many requests',
  'service unavailable',
  'econnrefused',
  'econnreset',
  'dial tcp',
  'transport is closing',
  'stream disconnected',
  'stream closed before',
  'index.crates.io',
  'download of config.json failed',
  'toolchain_or_dependency_registry_unavailable',
  'toolchain dependency resolution blocked by network',
  'toolchain_workspace_io',
  'cross-device link',
  'os error 18',
];
/** Server errors as words of their own: an amount of 5000 is none. */
const STATUS_CODE = /\b50[0234]\b/;
const BUDGET = [
  'turn limit',
  'token limit',
  'context length',
  'budget',
  'quota exceeded',
  'max_turns',
  'max turns',
  'max_tokens',
  'max tokens',
  'context window exceeded',
];
const STRUCTURAL = ['write_scope_violation', 'scope violation'];

/** The class of a failure by its text: the first family that a lower-cased text contains. */
export function classifyText(text: string): FailureClass {
  return /cancel|interrupt/i.test(text) ? 'canceled' : classifyOutput(text);
}

/**
 * The same for what a command printed. Whether it was cancelled is known and not read out of its output: test
 * runners print "cancelled 0" whatever happens.
 */
export function classifyOutput(text: string): FailureClass {
  const lower = text.toLowerCase();
  const has = (words: readonly string[]): boolean => words.some((word) => lower.includes(word));
  if (has(TRANSIENT) || STATUS_CODE.test(lower)) return 'transient_infra';
  if (has(BUDGET)) return 'budget_exhausted';
  if (has(STRUCTURAL)) return 'structural';
  return 'deterministic';
}

/** Longest reason in a signature, in bytes. */
const SIGNATURE_BYTES = 240;

/** `node|class|reason`, the same for failures that differ only in numbers, hashes and blanks. */
export function failureSignature(
  node: string,
  failure: Pick<Failure, 'message' | 'failure_class'>,
): string {
  const reason = failure.message
    .trim()
    .toLowerCase()
    .replaceAll(/\b[0-9a-f]{7,64}\b/g, '<hex>')
    .replaceAll(/\b\d+\b/g, '<n>')
    .replaceAll(/,\s+/g, ',')
    .replaceAll(/\s+/g, ' ');
  return `${node}|${failure.failure_class}|${cutBytes(reason, SIGNATURE_BYTES) || 'unknown'}`;
}

/** The longest prefix of whole characters that fits into `bytes` bytes of UTF-8. */
export function cutBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let end = 0;
  let used = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
