import { describe, expect, it, test } from 'vitest';
import { classifyText, cutBytes, failureSignature } from '../src/failure.js';

describe('the class of a failure by its text (§4.5)', () => {
  // §4.5 canceled, §4.5 transient_infra, §4.5 budget_exhausted, §4.5 structural, §4.5 deterministic
  test.each([
    ['the run was cancelled', 'canceled'],
    ['Interrupted system call', 'canceled'],
    ['request timeout', 'transient_infra'],
    ['it timed out', 'transient_infra'],
    ['Rate limit reached', 'transient_infra'],
    ['Connection refused', 'transient_infra'],
    ['connection reset by peer', 'transient_infra'],
    ['HTTP 500', 'transient_infra'],
    ['HTTP 502', 'transient_infra'],
    ['HTTP 503', 'transient_infra'],
    ['HTTP 504', 'transient_infra'],
    ['context deadline exceeded', 'transient_infra'],
    ['Could not resolve host: example.org', 'transient_infra'],
    ['temporary failure in name resolution', 'transient_infra'],
    ['network is unreachable', 'transient_infra'],
    ['EPIPE: broken pipe', 'transient_infra'],
    ['no route to host', 'transient_infra'],
    ['resource temporarily unavailable', 'transient_infra'],
    ['please try again', 'transient_infra'],
    ['Too Many Requests', 'transient_infra'],
    ['service unavailable', 'transient_infra'],
    ['connect ECONNREFUSED', 'transient_infra'],
    ['read ECONNRESET', 'transient_infra'],
    ['dial tcp 10.0.0.1', 'transient_infra'],
    ['transport is closing', 'transient_infra'],
    ['stream disconnected', 'transient_infra'],
    ['stream closed before the end', 'transient_infra'],
    ['failed to get index.crates.io', 'transient_infra'],
    ['download of config.json failed', 'transient_infra'],
    ['toolchain_or_dependency_registry_unavailable', 'transient_infra'],
    ['toolchain dependency resolution blocked by network', 'transient_infra'],
    ['toolchain_workspace_io', 'transient_infra'],
    ['invalid cross-device link', 'transient_infra'],
    ['os error 18', 'transient_infra'],
    ['turn limit reached', 'budget_exhausted'],
    ['token limit', 'budget_exhausted'],
    ['maximum context length', 'budget_exhausted'],
    ['out of budget', 'budget_exhausted'],
    ['Quota exceeded', 'budget_exhausted'],
    ['max_turns', 'budget_exhausted'],
    ['max turns', 'budget_exhausted'],
    ['max_tokens', 'budget_exhausted'],
    ['max tokens', 'budget_exhausted'],
    ['context window exceeded', 'budget_exhausted'],
    ['write_scope_violation', 'structural'],
    ['scope violation in src', 'structural'],
    ['expected 4, got 5', 'deterministic'],
    ['', 'deterministic'],
  ] as const)('of "%s" is %s', (text, expected) => {
    expect(classifyText(text)).toBe(expected);
  });

  // §4.5 first match
  test.each([
    ['cancelled after a timeout', 'canceled'],
    ['timeout: token limit', 'transient_infra'],
    ['budget: scope violation', 'budget_exhausted'],
  ] as const)('of "%s", which fits two families, is the first: %s', (text, expected) => {
    expect(classifyText(text)).toBe(expected);
  });
});

describe('the signature of a failure (§4.5)', () => {
  const signature = (message: string) =>
    failureSignature('test', { message, failure_class: 'deterministic' });

  // §4.5 signature
  it('is node, class and reason', () => {
    expect(signature('Wrong Answer')).toBe('test|deterministic|wrong answer');
  });

  // §4.5 signature text
  it('leaves out hashes, numbers and blanks', () => {
    expect(signature('  at  deadbeef1234,\n line 17:3, 42 ')).toBe(
      'test|deterministic|at <hex>,line <n>:<n>,<n>',
    );
  });

  it('says "unknown" for a blank reason', () => {
    expect(signature(' \n ')).toBe('test|deterministic|unknown');
  });

  it('cuts the reason to 240 bytes of whole characters', () => {
    expect(signature('ü'.repeat(200))).toBe(`test|deterministic|${'ü'.repeat(120)}`);
    expect(signature(`x${'ü'.repeat(200)}`)).toBe(`test|deterministic|x${'ü'.repeat(119)}`);
  });
});

it('cutting keeps surrogate pairs whole', () => {
  expect(cutBytes('a😀b', 4)).toBe('a');
  expect(cutBytes('a😀b', 5)).toBe('a😀');
});
