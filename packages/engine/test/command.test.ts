/** Command stages, message by message (§3.2). */
import { describe, expect, it, test } from 'vitest';
import { INLINE_OUTPUT_BYTES } from '../src/limits.js';
import { commandHandler } from '../src/handlers/command.js';
import { HandWalk, command } from './hand-walk.js';
import { fakePorts, type FakeWorld } from './stage-ports.js';

function inputOf(node: string) {
  const walk = new HandWalk(`${node} start -> n -> exit`);
  walk.acts();
  return walk.input();
}

async function run(node: string, world: FakeWorld = {}) {
  const input = inputOf(node);
  const ports = fakePorts(input, world);
  const result = await commandHandler.act(input, ports);
  return { result, ports };
}

const N = 'n [shape=parallelogram, script="make"]';

// §5.1 command.output, §5.1 command.stderr
it('a command that exits with 0 succeeds; its output is in blobs that hold JSON strings', async () => {
  const { result, ports } = await run(N, { exec: () => ({ out: 'a\n"b"', err: 'w' }) });
  expect(result.retryable).toBe(false);
  expect(result.outcome).toMatchObject({
    status: 'succeeded',
    notes: 'Script completed: make',
    context_updates: {
      'command.output': expect.stringMatching(/^blob:\/\/sha256\/[0-9a-f]{64}$/),
      'command.stderr': expect.stringMatching(/^blob:\/\/sha256\/[0-9a-f]{64}$/),
    },
  });
  expect([...ports.blobs.values()]).toEqual(['"a\\n\\"b\\""', '"w"']);
  expect(result.events).toMatchObject([
    {
      event: 'command.completed',
      properties: {
        exit_code: 0,
        termination: 'exited',
        duration_ms: 12,
        stdout: { tail: 'a\n"b"', bytes: 5 },
      },
    },
  ]);
  expect(ports.disposed).toBe(1);
});

describe('a command that fails', () => {
  test.each([
    ['out\n', 'err\n', '\n\n## stdout\nout\n\n\n## stderr\nerr\n'],
    ['', 'err', '\n\n## stderr\nerr'],
    [' \n', '', ''],
  ])(
    'says its exit code and the ends of outputs that are not blank (%j, %j)',
    async (out, err, tail) => {
      const { result } = await run(N, { exec: () => ({ exitCode: 3, out, err }) });
      expect(result).toMatchObject({
        retryable: false,
        outcome: {
          status: 'failed',
          failure: {
            message: `Script failed with exit code: 3${tail}`,
            failure_class: 'deterministic',
          },
        },
      });
    },
  );

  it('quotes the last 4096 bytes, in whole characters', async () => {
    const { result } = await run(N, {
      exec: () => ({ exitCode: 1, out: `x${'ü'.repeat(4_000)}y` }),
    });
    expect(result.outcome.failure?.message).toBe(
      `Script failed with exit code: 1\n\n## stdout\n${'ü'.repeat(2_047)}y`,
    );
  });

  it('is classified by its text', async () => {
    const { result } = await run(N, { exec: () => ({ exitCode: 1, err: 'connection refused' }) });
    expect(result.outcome.failure?.failure_class).toBe('transient_infra');
  });

  it('names the signal that ended it', async () => {
    const { result } = await run(N, { exec: () => ({ signal: 'SIGSEGV' }) });
    expect(result.outcome.failure?.message).toBe('Script failed with signal: SIGSEGV');
  });

  it('asks for another attempt when it timed out', async () => {
    const { result } = await run('n [shape=parallelogram, script="make", timeout="2s"]', {
      exec: () => ({ termination: 'timed_out', out: 'half' }),
    });
    expect(result).toMatchObject({
      retryable: true,
      outcome: {
        failure: {
          message: 'Script timed out after 2000ms: make\n\n## stdout\nhalf',
          failure_class: 'transient_infra',
          system_actor: 'timeout',
        },
      },
    });
  });

  it('is final when it printed more than it may, and says what to do', async () => {
    const { result } = await run(N, { exec: () => ({ termination: 'output_limit', out: 'yyy' }) });
    expect(result).toMatchObject({
      retryable: false,
      events: [{ properties: { stdout: { truncated: true } } }],
      outcome: {
        failure: {
          message:
            'Script printed more than it may (stdout 3 bytes, stderr 0 bytes) and was ended: make. Send its output to a file.',
          failure_class: 'deterministic',
        },
      },
    });
  });

  it('is cancelled in these words', async () => {
    const { result } = await run(N, { exec: () => ({ termination: 'cancelled' }) });
    expect(result.outcome.failure).toEqual({
      message: 'Script cancelled: make',
      failure_class: 'canceled',
    });
  });
});

it('records nothing when the attempt was aborted, and still removes the output files', async () => {
  const input = inputOf(N);
  const abort = new AbortController();
  const ports = fakePorts(input, {
    signal: abort.signal,
    exec: () => {
      abort.abort(new Error('cancelled'));
      return { termination: 'cancelled' };
    },
  });
  await expect(commandHandler.act(input, ports)).rejects.toThrow('cancelled');
  expect(ports.disposed).toBe(1);
});

describe('secrets are redacted', () => {
  const redact = (text: string) => text.replaceAll('hunter2', '***');

  it('in the message, the events, the blobs and what is streamed', async () => {
    const { result, ports } = await run(N, {
      redact,
      exec: () => ({ exitCode: 1, out: 'key hunter2', err: 'hunter2' }),
    });
    const all = JSON.stringify([result, [...ports.blobs.values()], ports.lives]);
    expect(all).not.toContain('hunter2');
    expect(all).toContain('key ***');
  });

  it('before the message is cut, so that no part of one is left', async () => {
    const { result } = await run(N, {
      redact,
      exec: () => ({ exitCode: 1, out: `hunter2${'x'.repeat(4_092)}` }),
    });
    expect(result.outcome.failure?.message).not.toContain('ter2');
  });
});

it('long output is a tail in the event and a blob beside it', async () => {
  const { result, ports } = await run(N, { exec: () => ({ out: 'z'.repeat(5_000) }) });
  const event = result.events?.[0];
  if (event?.event !== 'command.completed') throw new Error('no command.completed');
  const { stdout } = event.properties;
  expect(stdout).toMatchObject({ tail: 'z'.repeat(INLINE_OUTPUT_BYTES), bytes: 5_000 });
  expect(ports.blobs.get(stdout.blob ?? '')).toBe(JSON.stringify('z'.repeat(5_000)));
});

describe('what is run', () => {
  test.each([
    ['n [shape=parallelogram, script="a b"]', 'a b', 600_000],
    ['n [shape=parallelogram, tool_command="old"]', 'old', 600_000],
    [
      `n [shape=parallelogram, script="print('x')", language=python]`,
      `python3 -c 'print('\\''x'\\'')'`,
      600_000,
    ],
    ['n [shape=parallelogram, script="a", timeout="90s"]', 'a', 90_000],
    ['n [shape=parallelogram, script="if a\r\nthen b\r\nfi"]', 'if a\nthen b\nfi', 600_000],
  ])('of %s', async (node, line, timeoutMs) => {
    const { ports } = await run(node);
    expect(ports.execs).toMatchObject([{ command: line, timeoutMs, key: 'run/root/n@1/a1' }]);
  });

  test.each([
    ['n [shape=parallelogram]', 'No script specified'],
    ['n [shape=parallelogram, script="  "]', 'No script specified'],
    [
      'n [shape=parallelogram, script="a", language=ruby]',
      'Invalid language: ruby (allowed: shell, python)',
    ],
  ])('nothing of %s', async (node, message) => {
    const { result, ports } = await run(node);
    expect(result).toMatchObject({
      retryable: false,
      outcome: { status: 'failed', failure: { message, failure_class: 'deterministic' } },
    });
    expect(ports.execs).toEqual([]);
    expect(commandHandler.starting?.(inputOf(node))).toEqual([]);
  });

  it('in a dry run: nothing, with both outputs blank', () => {
    expect(commandHandler.simulate(inputOf(command('n')))).toEqual({
      status: 'succeeded',
      notes: '[Simulated] Command skipped: n',
      context_updates: { 'command.output': '', 'command.stderr': '' },
    });
  });
});
