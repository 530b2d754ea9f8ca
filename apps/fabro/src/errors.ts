/** The one place where a failure becomes words and an exit code; loaded when there is a failure. */
import { STATUS_CODES } from 'node:http';
import { inspect } from 'node:util';
import { type ErrorBody, FabroError, messageOf } from '@fabro/protocol';
import type { Io } from './io.js';
import { paintFor } from './render/paint.js';

export interface ErrorOptions {
  readonly json: boolean;
  readonly debug: boolean;
}

/** Prints the failure and gives the exit code: the code's own for expected failures, 1 for defects. */
export function reportError(io: Io, error: unknown, options: ErrorOptions): number {
  const expected = error instanceof FabroError;
  if (options.json) io.stdout.write(`${JSON.stringify(errorBody(error))}\n`);
  else {
    io.stderr.write(`${paintFor(io.stderr, io.env).red('error:')} ${messageOf(error)}\n`);
    if (expected && error.code === 'unauthenticated' && !error.message.includes('FABRO_DEV_TOKEN'))
      io.stderr.write(
        'Set FABRO_DEV_TOKEN to a token of this server; a local one keeps its own in <storage>/server.dev-token.\n',
      );
    if (!expected && !options.debug)
      io.stderr.write('This looks like a defect of fabro; --debug shows where it happened.\n');
  }
  if (options.debug) for (const line of causes(error)) io.stderr.write(`${line}\n`);
  return expected ? error.exitCode : 1;
}

/** The body of every failure (seed 001), as the server would answer it. */
function errorBody(error: unknown): ErrorBody {
  const status = error instanceof FabroError ? error.status : 500;
  const code = error instanceof FabroError ? error.code : 'internal';
  return {
    errors: [
      {
        status: String(status),
        title: STATUS_CODES[status] ?? 'Error',
        detail: messageOf(error),
        code,
      },
    ],
  };
}

function causes(error: unknown): readonly string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let at = error; at !== undefined && at !== null && !seen.has(at);) {
    seen.add(at);
    const text = at instanceof Error ? (at.stack ?? at.message) : inspect(at, { depth: 4 });
    lines.push(lines.length === 0 ? text : `caused by: ${text}`);
    at = at instanceof Error ? at.cause : undefined;
  }
  return lines;
}

/** Prints a wrong flag or argument as the error body; the text form was printed when it was found. */
export function reportUsage(io: Io, error: Error): void {
  const detail = error.message.replace(/^error: /, '');
  io.stdout.write(`${JSON.stringify(errorBody(new FabroError('invalid_argument', detail)))}\n`);
}
