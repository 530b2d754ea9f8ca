import type { ExecResult } from '@fabro/sandbox';
import { expect, test } from 'vitest';
import { type GitSandbox, createGit } from '../src/index.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A sandbox whose every command ends in the same way; counts what was disposed of. */
function ending(
  end: Partial<ExecResult>,
  stderr = '',
): { sandbox: GitSandbox; disposed: () => number } {
  let disposed = 0;
  const output = (text: string) => ({
    bytes: text.length,
    tail: (limit: number) => Promise.resolve(text.slice(-limit)),
    read: () => Promise.resolve(encode(text)),
  });
  return {
    disposed: () => disposed,
    sandbox: {
      exec: () =>
        Promise.resolve({
          termination: 'exited',
          durationMs: 1,
          stdout: output(''),
          stderr: output(stderr),
          dispose: async () => {
            disposed++;
          },
          ...end,
        }),
    },
  };
}

const at = { dir: '/work/tree', key: 'k', signal: new AbortController().signal };

test.each([
  [
    { termination: 'timed_out' },
    'unavailable',
    'git rev-parse in /work/tree took longer than 30 s',
  ],
  [{ termination: 'output_limit' }, 'too_large', 'printed more than 4194304 bytes'],
  [
    { termination: 'exited', exitCode: 128 },
    'internal',
    'failed with exit code 128.\nfatal: bad object',
  ],
  [{ termination: 'exited', signal: 'SIGSEGV' }, 'internal', 'failed with SIGSEGV'],
  [{ termination: 'exited', exitCode: 127 }, 'missing_program', 'Install it'],
  [{ termination: 'cancelled' }, 'internal', 'was ended from outside'],
] as const)('a command that ends as %j is a %s error that says so', async (end, code, message) => {
  const { sandbox, disposed } = ending(end, 'fatal: bad object');
  await expect(createGit({ sandbox }).headSha(at)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
  expect(disposed()).toBe(1);
});

test('a command that is cancelled rejects with the reason of the signal', async () => {
  const abort = new AbortController();
  const { sandbox } = ending({ termination: 'cancelled' });
  const git = createGit({
    sandbox: {
      exec: (request, options) => {
        abort.abort(new Error('lease lost'));
        return sandbox.exec(request, options);
      },
    },
  });
  await expect(git.headSha({ ...at, signal: abort.signal })).rejects.toThrow('lease lost');
});

test('an old git is refused, since it cannot be kept from running what a repository configures', async () => {
  const { sandbox } = ending({
    exitCode: 0,
    stdout: {
      bytes: 1,
      tail: () => Promise.resolve(''),
      read: () => Promise.resolve(encode('git version 2.25.1\n')),
    },
  });
  await expect(createGit({ sandbox }).probe(at)).rejects.toMatchObject({
    code: 'missing_program',
    message:
      'git version 2.25.1 is too old: 2.32 or newer is needed, since older ones cannot be kept from running what a repository configures. Update git.',
  });
});
