/** Starting the server process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ERROR_CODES, type ErrorCode, FabroError, messageOf } from '@fabro/protocol';
import { z } from 'zod';
import { serverCommand } from '../install-paths.js';
import type { ForegroundServer, LaunchOptions, ServerRecord } from '../io.js';
import { READY_LINE_CHARACTERS, SERVER_START_MS } from '../limits.js';
import { storageFiles } from './storage.js';
import { parseRecord } from './record.js';

/**
 * Starts a server that outlives this process: a process group of its own, its output in
 * `<storage>/logs/server.log`. Resolves with its ready line. Rejects with the error that the server
 * names, or `unavailable` when it ends or stays silent; then no process is left.
 * @param command arguments for this Node that start the server.
 */
export async function launchServer(
  options: LaunchOptions,
  signal: AbortSignal,
  command: readonly string[] = serverCommand(),
): Promise<ServerRecord> {
  const files = storageFiles(options.storageDir);
  const log = openLog(files.logs, files.serverLog);
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, [...command, ...serverFlags(options)], {
      detached: true,
      stdio: ['ignore', 'pipe', log],
    });
  } finally {
    closeSync(log);
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(SERVER_START_MS)]);
  try {
    return await readyLine(child, limit, ` Its log is ${files.serverLog}.`);
  } catch (error) {
    child.kill('SIGTERM');
    throw error;
  } finally {
    child.stdout?.destroy();
    child.unref();
  }
}

/** Starts a server whose life is this command's; its log goes to this terminal. */
export async function foregroundServer(options: LaunchOptions): Promise<ForegroundServer> {
  // Detached, so that a Ctrl-C of the terminal reaches it once, through `stop`.
  const child = spawn(process.execPath, [...serverCommand(), ...serverFlags(options)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number>((resolve) => {
    // Why it could not be started is for `ready` to say.
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  return {
    ready: readyLine(child, AbortSignal.timeout(SERVER_START_MS), ''),
    ended,
    stop: () => void child.kill('SIGTERM'),
  };
}

function serverFlags(options: LaunchOptions): readonly string[] {
  return [
    '--storage-dir',
    options.storageDir,
    ...(options.bind === undefined ? [] : ['--bind', options.bind]),
    ...(options.config === undefined ? [] : ['--config', options.config]),
    ...(options.maxConcurrentRuns === undefined
      ? []
      : ['--max-concurrent-runs', String(options.maxConcurrentRuns)]),
    ...(['model', 'provider', 'sandbox'] as const).flatMap((name) => {
      const value = options[name];
      return value === undefined ? [] : [`--${name}`, value];
    }),
  ];
}

function openLog(folder: string, path: string): number {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw new FabroError(
      'storage_unwritable',
      `Cannot write ${path}: ${messageOf(error)}. Choose another place with --storage-dir or FABRO_STORAGE_DIR.`,
      { cause: error },
    );
  }
}

const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

function readyLine(
  child: ChildProcess,
  signal: AbortSignal,
  logHint: string,
): Promise<ServerRecord> {
  return new Promise((resolve, reject) => {
    const stdout = child.stdout as Readable;
    const lines = createInterface({ input: stdout });
    let characters = 0;
    const finish = (settle: () => void) => {
      lines.close();
      stdout.off('data', count);
      child.off('error', onError);
      child.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (message: string, cause?: unknown) =>
      finish(() => reject(new FabroError('unavailable', message, { cause })));
    const count = (chunk: Buffer) => {
      characters += chunk.length;
      if (characters > READY_LINE_CHARACTERS)
        fail(`The server printed ${characters} bytes without saying that it is ready.${logHint}`);
    };
    const onError = (error: Error) =>
      fail(`The server could not be started: ${error.message}.`, error);
    // `close` comes after the last byte of output, `exit` may come before.
    const onClose = (code: number | null, by: NodeJS.Signals | null) =>
      fail(`The server ended (${by ?? `exit code ${code}`}) before it was ready.${logHint}`);
    const onAbort = () =>
      finish(() =>
        reject(
          signal.reason instanceof Error && signal.reason.name === 'TimeoutError'
            ? new FabroError(
                'unavailable',
                `The server was not ready after ${SERVER_START_MS / 1000} s.${logHint}`,
              )
            : signal.reason,
        ),
      );
    lines.on('line', (line) => {
      const record = parseRecord(line);
      if (record !== undefined) return finish(() => resolve(record));
      const refusal = parseRefusal(line);
      if (refusal !== undefined) finish(() => reject(refusal));
    });
    stdout.on('data', count);
    child.once('error', onError);
    child.once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function parseRefusal(line: string): FabroError | undefined {
  try {
    const parsed = Refusal.safeParse(JSON.parse(line));
    if (!parsed.success) return undefined;
    const { code, message } = parsed.data.error;
    return new FabroError(isErrorCode(code) ? code : 'internal', message);
  } catch {
    // A line that is no JSON is not the ready line; the wait goes on.
    return undefined;
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
