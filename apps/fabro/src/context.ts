/** What every command is given beside its own arguments. */
import type { Io } from './io.js';

/** Options that every command has. */
interface GlobalOptions {
  /** Results as JSON on stdout. */
  readonly json: boolean;
  /** Failures with their chain of causes. */
  readonly debug: boolean;
  /** No summaries and no progress. */
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export interface Context extends GlobalOptions {
  readonly io: Io;
}

/** Writes one JSON value as a line of the results. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Writes lines of results. */
export function printLines(io: Io, lines: readonly string[]): void {
  if (lines.length > 0) io.stdout.write(`${lines.join('\n')}\n`);
}

/** Writes a line of summary, unless the user wants quiet or JSON. */
export function say(context: Context, text: string): void {
  if (!context.quiet && !context.json) context.io.stderr.write(`${text}\n`);
}
