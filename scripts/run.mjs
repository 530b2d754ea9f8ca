/** Runs another program in the foreground, as if this process were it. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './paths.mjs';

/** Signals that end a program; they are passed on so that the child can end well. */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program with this process's standard streams and resolves to how it ended. Signals that reach this
 * process go to the child instead. A terminal sends Ctrl-C to the whole group, so there SIGINT is only
 * ignored here: sending it again would look to the child like a second Ctrl-C.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null }>} `code` is 128 + n after signal n.
 */
export function runForeground(program, args, options = {}) {
  const child = spawn(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: options.env ?? process.env,
  });
  const listeners = PASSED_ON.map((signal) => {
    const listener = () => {
      if (signal !== 'SIGINT' || process.stdin.isTTY !== true) child.kill(signal);
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code: code ?? 128 + (constants.signals[signal] ?? 0), signal }),
    );
  }).finally(() => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  });
}

/** Runs Node itself. @see runForeground */
export function runNode(args, options) {
  return runForeground(process.execPath, args, options);
}

/** Ends this process the way the child ended: by the same signal, or with the same code. */
export function endLike({ code, signal }) {
  process.exitCode = code;
  if (signal !== null) process.kill(process.pid, signal);
}

/** Prints a failure that the reader can act on and sets the exit code; anything unexpected keeps its stack. */
export function reportFailure(error) {
  const expected = error instanceof Error && error.name === 'SetupError';
  process.stderr.write(`\n${expected ? error.message : (error?.stack ?? error)}\n`);
  process.exitCode = 1;
}
