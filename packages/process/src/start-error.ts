/** Why a program was not started, in the words of whoever asked for it. */
import { type ErrorCode, FabroError } from '@fabro/protocol';
import { MAX_STDIN_BYTES } from './limits.js';
import type { SpawnRequest } from './port.js';
import type { Report } from './spawner/wire.js';

type Failed = Extract<Report, { readonly op: 'failed' }>;

/** Throws `invalid_argument` or `too_large` for what cannot be started anywhere. */
export function checkRequest(request: SpawnRequest): void {
  const { argv, cwd, env, key, stdin } = request;
  const texts = [key, cwd, ...argv, ...Object.entries(env).flat()];
  const bad = texts.find((text) => text.includes('\0'));
  if (bad !== undefined) {
    throw new FabroError(
      'invalid_argument',
      `command ${key}: ${JSON.stringify(bad.slice(0, 80))} contains a NUL character, which no argument, path or variable can.`,
    );
  }
  const name = Object.keys(env).find((variable) => variable === '' || variable.includes('='));
  if (name !== undefined) {
    throw new FabroError(
      'invalid_argument',
      `command ${key}: environment variable ${JSON.stringify(name)}: a name is not empty and has no "=".`,
    );
  }
  const bytes = stdin === undefined ? 0 : Buffer.byteLength(stdin);
  if (bytes > MAX_STDIN_BYTES) {
    throw new FabroError(
      'too_large',
      `command ${key}: standard input has ${bytes} bytes, at most ${MAX_STDIN_BYTES} are possible. Write it to a file and pass its path.`,
    );
  }
}

/** The error for a start that failed, or for a group that would not end. */
export function startError(request: SpawnRequest, failed: Failed): FabroError {
  const [code, message] = explain(request, failed);
  return new FabroError(code, message, { cause: new Error(failed.message) });
}

function explain(request: SpawnRequest, failed: Failed): readonly [ErrorCode, string] {
  const { argv, cwd } = request;
  const program = argv[0];
  switch (failed.part) {
    case 'cwd':
      return ['invalid_argument', cwdMessage(cwd, failed.code)];
    case 'program':
      return programFailure(program, request.env['PATH'], failed.code);
    case 'output':
    case 'stdin': {
      const code = failed.code === 'ENOSPC' ? 'storage_full' : 'storage_unwritable';
      return [
        code,
        `command ${request.key}: its files beside ${request.stdoutPath} cannot be written (${failed.code}).`,
      ];
    }
    case 'ending':
      return [
        'unavailable',
        `command ${request.key} (${program}): ${failed.message}. It waits inside the system, often for a disk or network mount that does not answer.`,
      ];
    default:
      throw new TypeError(`unknown part ${String(failed.part satisfies never)}`);
  }
}

function cwdMessage(cwd: string, code: string): string {
  if (code === 'ENOENT')
    return `working directory ${cwd} does not exist. Create it or name another.`;
  if (code === 'ENOTDIR') return `working directory ${cwd} is not a directory. Name a directory.`;
  return `working directory ${cwd} cannot be entered (${code}). Check its permissions.`;
}

function programFailure(
  program: string,
  path: string | undefined,
  code: string,
): readonly [ErrorCode, string] {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return [
        'missing_program',
        program.includes('/')
          ? `program ${program} does not exist, or the interpreter in its first line does not. Install it or correct the path.`
          : `program ${program} was not found on PATH (${path ?? 'not set'}). Install it or extend PATH.`,
      ];
    case 'EACCES':
      return ['missing_program', `program ${program} may not be executed. Check it with ls -l.`];
    case 'E2BIG':
      return [
        'invalid_argument',
        `program ${program}: arguments and environment are larger than the system allows. Pass the data as standard input or in a file.`,
      ];
    case 'EAGAIN':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return [
        'unavailable',
        `program ${program} could not be started: the system is out of processes, files or memory (${code}). Lower the number of runs or raise the limits.`,
      ];
    default:
      return ['invalid_argument', `program ${program} could not be started (${code}).`];
  }
}
