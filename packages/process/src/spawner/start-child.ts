/** Starts one child in a session and group of its own, with files as its standard streams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { errorCode } from './signals.js';
import type { FailedPart, StartCommand } from './wire.js';

export interface StartFailure {
  readonly part: FailedPart;
  readonly code: string;
  readonly message: string;
}

/**
 * Starts the child. A failure may come now or, as Node does for a missing program, a moment later by
 * `onFailure`; `onExit` and `onFailure` exclude each other.
 */
export function startChild(
  command: StartCommand,
  onExit: (code: number | null, signal: string | null) => void,
  onFailure: (failure: StartFailure) => void,
): ChildProcess | undefined {
  const opened: number[] = [];
  let part: FailedPart = 'output';
  try {
    const stdout = openSync(command.stdoutPath, 'w', 0o600);
    opened.push(stdout);
    const stderr = openSync(command.stderrPath, 'w', 0o600);
    opened.push(stderr);
    part = 'stdin';
    const stdin = command.stdin === undefined ? 'ignore' : inputFile(command);
    if (stdin !== 'ignore') opened.push(stdin);
    part = 'program';
    const [program, ...args] = command.argv;
    const child = spawn(program, args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: [stdin, stdout, stderr],
    });
    child.once('error', (error) => {
      if (child.pid === undefined) onFailure(describe(command, 'program', error));
    });
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) onExit(code, signal);
    });
    return child;
  } catch (error) {
    onFailure(describe(command, part, error));
    return undefined;
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/**
 * An unlinked file rather than a pipe: nothing waits for the reader, nothing remains, and `/dev/stdin` can
 * be opened (Node's pipes are sockets, which cannot).
 */
function inputFile(command: StartCommand): number {
  const path = `${command.stdoutPath}.stdin`;
  const bytes = Buffer.from(command.stdin ?? '', 'utf8');
  const fd = openSync(path, 'w+', 0o600);
  try {
    unlinkSync(path);
    // Written at explicit positions, so that the offset that the child inherits stays at the start.
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at, bytes.length - at, at);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The system gives one code for a missing program and for a missing working directory. */
function describe(command: StartCommand, part: FailedPart, error: unknown): StartFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (part !== 'program') return { part, code: errorCode(error), message };
  try {
    if (!statSync(command.cwd).isDirectory()) return { part: 'cwd', code: 'ENOTDIR', message };
  } catch (cwdError) {
    return { part: 'cwd', code: errorCode(cwdError), message };
  }
  return { part, code: errorCode(error), message };
}
