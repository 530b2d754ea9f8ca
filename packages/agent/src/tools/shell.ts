import type { ExecOutput, ExecResult } from '@fabro/sandbox';
import { z } from 'zod';
import {
  SHELL_DEFAULT_TIMEOUT_MS,
  SHELL_MAX_OUTPUT_BYTES,
  SHELL_MAX_TIMEOUT_MS,
  TEXT_LIMITS,
} from '../limits.js';
import { type ToolOutcome, defineTool } from './tool.js';

/** First line of the result of a command that a restart cut off. */
export const INTERRUPTED = 'interrupted by a restart; effects unknown';

export const shell = defineTool({
  name: 'shell',
  description:
    'Runs a command with `bash -c` in the working directory and gives exit code, stdout and stderr. There is ' +
    'no terminal and no input; nothing is kept between calls but files.',
  schema: z.object({
    command: z.string().min(1).describe('The command line.'),
    timeout_ms: z
      .number()
      .int()
      .positive()
      .optional()
      .describe(
        `Milliseconds after which it is ended. Default ${SHELL_DEFAULT_TIMEOUT_MS}, at most ${SHELL_MAX_TIMEOUT_MS}.`,
      ),
    description: z.string().optional().describe('What it does, in a few words.'),
  }),
  limit: TEXT_LIMITS.shell,
  act: (args) => ({
    recovery: 'never',
    async run({ sandbox, signal, pause, key, onOutput }): Promise<ToolOutcome> {
      const result = await sandbox.exec(
        {
          key,
          command: args.command,
          timeoutMs: Math.min(args.timeout_ms ?? SHELL_DEFAULT_TIMEOUT_MS, SHELL_MAX_TIMEOUT_MS),
          maxOutputBytes: SHELL_MAX_OUTPUT_BYTES,
        },
        { signal, pause, onOutput },
      );
      // An aborted call stays open: its output is kept for whoever goes on with the session.
      signal.throwIfAborted();
      return {
        text: `${prefixOf(result)}Exit code: ${exitCodeOf(result)}\n${await outputText(result)}`,
        isError: result.termination !== 'exited',
        release: () => result.dispose(),
      };
    },
    async leftBehind({ sandbox, key }): Promise<ToolOutcome> {
      const output = await sandbox.recoveredOutput(key);
      const soFar = output === undefined ? '' : `\n${await outputText(output)}`;
      return { text: INTERRUPTED + soFar, isError: true };
    },
  }),
});

async function outputText(output: {
  readonly stdout: ExecOutput;
  readonly stderr: ExecOutput;
}): Promise<string> {
  const stdout = await output.stdout.tail(SHELL_MAX_OUTPUT_BYTES);
  const stderr = await output.stderr.tail(SHELL_MAX_OUTPUT_BYTES);
  return `stdout:\n${stdout}\nstderr:\n${stderr}`;
}

function exitCodeOf(result: ExecResult): string {
  if (result.exitCode !== undefined) return String(result.exitCode);
  return result.signal === undefined ? 'none' : `none (${result.signal})`;
}

function prefixOf(result: ExecResult): string {
  switch (result.termination) {
    case 'exited':
      return '';
    case 'timed_out':
      return 'Command timed out.\n';
    case 'cancelled':
      return 'Command was cancelled.\n';
    case 'output_limit':
      return `Command was ended: it wrote more than ${SHELL_MAX_OUTPUT_BYTES} bytes. Redirect its output to a file.\n`;
    default:
      return result.termination satisfies never;
  }
}
