/** Runs one git command in a sandbox: bounded, cancellable, with an error that quotes git. */
import { FabroError } from '@fabro/protocol';
import type { ExecResult, Sandbox } from '@fabro/sandbox';
import { QUICK_OUTPUT_BYTES, QUICK_TIMEOUT_MS, STDERR_TAIL_BYTES } from './limits.js';
import {
  READ_ONLY_ENV,
  SAFE_ENV,
  SAFE_GIT,
  filterDrivers,
  filterOverrides,
  worktreeEnv,
} from './safety.js';

/** The part of a sandbox that git needs. */
export type GitSandbox = Pick<Sandbox, 'exec'>;

/** What every operation takes. */
export interface GitCall {
  /** Key of the durable call; the keys of the commands are derived from it (`<key>/git/<step>`). */
  readonly key: string;
  /** Aborting ends the command's processes; the operation rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

export interface GitCommand extends GitCall {
  /** Last part of the command's key; unique within the operation. */
  readonly step: string;
  /** Arguments after `git`, or a whole program when `program` is set. */
  readonly args: readonly string[];
  /** Another program than git, such as a few lines of bash. */
  readonly program?: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** The command writes nothing. Default false. */
  readonly readOnly?: boolean;
  /** The command acts on the tree at `cwd`, which must be a worktree's root. Default false. */
  readonly inWorktree?: boolean;
  readonly timeoutMs?: number;
  readonly maxOutputBytes?: number;
  /** Exit codes beside 0 that are answers and no failures. */
  readonly accept?: readonly number[];
  /** Past `maxOutputBytes` the beginning is the answer. Default: a FabroError `too_large`. */
  readonly allowTruncated?: boolean;
}

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: string;
  /** The end of the error output. */
  readonly stderr: string;
  /** The output was cut at `maxOutputBytes`. */
  readonly truncated: boolean;
}

/**
 * @throws FabroError `missing_program` without git, `internal` when git fails (quoting the end of its error
 * output), `unavailable` past the time limit, `too_large` past the output limit; the signal's reason when it aborts.
 */
export async function runGit(sandbox: GitSandbox, command: GitCommand): Promise<GitOutput> {
  command.signal.throwIfAborted();
  const timeoutMs = command.timeoutMs ?? QUICK_TIMEOUT_MS;
  const maxOutputBytes = command.maxOutputBytes ?? QUICK_OUTPUT_BYTES;
  const result = await start(sandbox, command, timeoutMs, maxOutputBytes);
  try {
    const stderr = (await result.stderr.tail(STDERR_TAIL_BYTES)).trim();
    const what = describe(command);
    switch (result.termination) {
      case 'cancelled':
        command.signal.throwIfAborted();
        throw new FabroError('internal', `${what} was ended from outside.${quote(stderr)}`);
      case 'timed_out':
        throw new FabroError(
          'unavailable',
          `${what} took longer than ${timeoutMs / 1000} s and was ended. Look for a stuck file system, or for another git that holds a lock.${quote(stderr)}`,
        );
      case 'output_limit':
        if (command.allowTruncated !== true)
          throw new FabroError(
            'too_large',
            `${what} printed more than ${maxOutputBytes} bytes and was ended.${quote(stderr)}`,
          );
        return { exitCode: 0, stdout: await text(result), stderr, truncated: true };
      case 'exited': {
        const exitCode = result.exitCode;
        if (exitCode === 127) throw missingGit(stderr);
        if (
          exitCode === undefined ||
          (exitCode !== 0 && command.accept?.includes(exitCode) !== true)
        )
          throw new FabroError(
            'internal',
            `${what} failed with ${exitCode === undefined ? (result.signal ?? 'a signal') : `exit code ${exitCode}`}.${quote(stderr)}`,
          );
        return { exitCode, stdout: await text(result), stderr, truncated: false };
      }
      default:
        return result.termination satisfies never;
    }
  } finally {
    await result.dispose();
  }
}

async function start(
  sandbox: GitSandbox,
  command: GitCommand,
  timeoutMs: number,
  maxOutputBytes: number,
): Promise<ExecResult> {
  const argv: readonly [string, ...string[]] =
    command.program === undefined
      ? [...SAFE_GIT, ...command.args]
      : [command.program, ...command.args];
  try {
    return await sandbox.exec(
      {
        key: `${command.key}/git/${command.step}`,
        argv,
        cwd: command.cwd,
        env: {
          ...SAFE_ENV,
          ...(command.readOnly === true ? READ_ONLY_ENV : {}),
          ...(command.inWorktree === true ? worktreeEnv(command.cwd) : {}),
          ...command.env,
        },
        timeoutMs,
        maxOutputBytes,
        ...(command.stdin === undefined ? {} : { stdin: command.stdin }),
      },
      { signal: command.signal },
    );
  } catch (error) {
    if (error instanceof FabroError && error.code === 'missing_program')
      throw missingGit(error.message, error);
    throw error;
  }
}

/**
 * The overrides for every filter driver that the configuration seen from `cwd` declares. It is read anew for
 * each operation, because commands of the run can change it in between.
 */
export async function readFilterOverrides(
  sandbox: GitSandbox,
  call: GitCall,
  cwd: string,
): Promise<Readonly<Record<string, string>>> {
  const config = await runGit(sandbox, {
    ...call,
    step: 'config',
    cwd,
    readOnly: true,
    args: ['config', '--null', '--name-only', '--get-regexp', '^filter\\.'],
    // Exit code 1: nothing matches.
    accept: [1],
  });
  return filterOverrides(filterDrivers(config.stdout));
}

async function text(result: ExecResult): Promise<string> {
  return new TextDecoder().decode(await result.stdout.read());
}

function describe(command: GitCommand): string {
  const name =
    command.program === undefined
      ? `git ${command.args[0] ?? ''}`
      : `The git step "${command.step}"`;
  return `${name} in ${command.cwd}`;
}

function quote(stderr: string): string {
  return stderr === '' ? '' : `\n${stderr}`;
}

function missingGit(detail: string, cause?: unknown): FabroError {
  return new FabroError(
    'missing_program',
    `git was not found in the sandbox (${detail || 'exit code 127'}). Install it (Debian, Ubuntu: apt-get install git; Fedora: dnf install git; macOS: xcode-select --install; Alpine: apk add git) and make sure that PATH names its folder.`,
    cause === undefined ? undefined : { cause },
  );
}
