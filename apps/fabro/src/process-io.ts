/** The real process as `Io`. Loads nothing that a command may not need. */
import { readFileSync } from 'node:fs';
import { execFile, type ExecFileException } from 'node:child_process';
import type { Io, ProgramOptions, ProgramResult, TextOut, World } from './io.js';
import { PROGRAM_OUTPUT_BYTES } from './limits.js';

/** Wraps the streams, signals and timers of this process. Subscribes to nothing until it is asked to. */
export function processIo(): Io {
  return {
    stdout: textOut(process.stdout),
    stderr: textOut(process.stderr),
    stdin: { isTTY: process.stdin.isTTY === true },
    env: process.env,
    cwd: process.cwd(),
    clock: { now: () => Date.now(), sleepUntil: (at, signal) => sleep(at - Date.now(), signal) },
    every: (ms, tick) => {
      const timer = setInterval(tick, ms);
      timer.unref();
      return () => clearInterval(timer);
    },
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    onExit: (listener) => {
      process.on('exit', listener);
      return () => void process.off('exit', listener);
    },
    world: processWorld(),
  };
}

function textOut(stream: NodeJS.WriteStream): TextOut {
  return {
    write: (text) => void stream.write(text),
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
    onResize: (listener) => {
      stream.on('resize', listener);
      return () => void stream.off('resize', listener);
    },
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function processWorld(): World {
  return {
    fetchFor: async (address) => (await import('./connect/transport.js')).fetchFor(address),
    launchServer: async (options, signal) =>
      (await import('./connect/launch.js')).launchServer(options, signal),
    foregroundServer: async (options) =>
      (await import('./connect/launch.js')).foregroundServer(options),
    runProgram,
    prompter: async () => (await import('./follow/prompter.js')).terminalPrompter(),
    protocolStreams: () => ({ input: process.stdin, output: process.stdout }),
    isAlive: isLivingServer,
    kill: (pid, signal) => {
      try {
        process.kill(pid, signal);
      } catch (error) {
        // ESRCH: it ended between the look and the signal, which is what was wanted.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
  };
}

function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const done = (error: ExecFileException | null, stdout: string, stderr: string) => {
      if (error === null) return resolve({ code: 0, stdout, stderr });
      if (typeof error.code === 'number') return resolve({ code: error.code, stdout, stderr });
      if (error.signal) return resolve({ code: undefined, stdout, stderr });
      void missingProgram(program, options.cwd, error).then(reject, reject);
    };
    execFile(
      program,
      [...args],
      {
        encoding: 'utf8',
        maxBuffer: PROGRAM_OUTPUT_BYTES,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.env === undefined ? {} : { env: { ...options.env } }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      done,
    );
  });
}

async function missingProgram(
  program: string,
  cwd: string | undefined,
  error: ExecFileException,
): Promise<Error> {
  if (error.code !== 'ENOENT') return error;
  const { FabroError } = await import('@fabro/protocol');
  const { access } = await import('node:fs/promises');
  if (cwd !== undefined) {
    // A missing directory gives the same code as a missing program.
    const missing = await access(cwd).then(
      () => false,
      () => true,
    );
    if (missing)
      return new FabroError('not_found', `Directory ${cwd} does not exist.`, { cause: error });
  }
  return new FabroError(
    'missing_program',
    `${program} is not on PATH; install it or add its directory to PATH.`,
    { cause: error },
  );
}

/**
 * True while the process of a record lives and is a server: where the kernel tells, a dead one that nobody
 * has waited for and another program that got its number do not count.
 */
function isLivingServer(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
    return (
      !state.startsWith('Z') && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server-main')
    );
  } catch {
    // No /proc here: that it takes signals is all there is to know.
    return true;
  }
}
