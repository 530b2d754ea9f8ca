/** What the server and its spawner say to each other: one JSON object a line, in both directions. */

export interface StartCommand {
  readonly op: 'start';
  readonly id: number;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

/** `end` is TERM, the grace period, KILL. */
export interface SignalCommand {
  readonly op: 'end' | 'kill' | 'stop' | 'continue';
  readonly id: number;
}

export type Command = StartCommand | SignalCommand;

/** Which part of a start did not work. */
export type FailedPart = 'program' | 'cwd' | 'output' | 'stdin' | 'ending';

export type Report =
  | { readonly op: 'ready' }
  /** The program itself has ended, others of its group have not. */
  | { readonly op: 'exited'; readonly id: number }
  /** The program and its whole group have ended. */
  | {
      readonly op: 'ended';
      readonly id: number;
      readonly code: number | null;
      readonly signal: string | null;
    }
  | {
      readonly op: 'failed';
      readonly id: number;
      readonly part: FailedPart;
      readonly code: string;
      readonly message: string;
    };

type Fields = { readonly [name: string]: unknown };

/** Parses a line from the server; undefined when it is no command. */
export function parseCommand(line: string): Command | undefined {
  const fields = parseObject(line);
  if (fields === undefined || typeof fields['id'] !== 'number') return undefined;
  const { op, id } = fields;
  if (op === 'end' || op === 'kill' || op === 'stop' || op === 'continue') return { op, id };
  if (op !== 'start') return undefined;
  const { argv, cwd, env, stdin, stdoutPath, stderrPath } = fields;
  if (!isArgv(argv) || !isEnvironment(env) || typeof cwd !== 'string') return undefined;
  if (typeof stdoutPath !== 'string' || typeof stderrPath !== 'string') return undefined;
  if (stdin !== undefined && typeof stdin !== 'string') return undefined;
  const start = { op, id, argv, cwd, env, stdoutPath, stderrPath } as const;
  return stdin === undefined ? start : { ...start, stdin };
}

/** Parses a line from the spawner; undefined when it is no report. */
export function parseReport(line: string): Report | undefined {
  const fields = parseObject(line);
  if (fields === undefined) return undefined;
  const { op, id, code, signal, part, message } = fields;
  if (op === 'ready') return { op };
  if (typeof id !== 'number') return undefined;
  if (op === 'exited') return { op, id };
  if (op === 'ended') {
    if (code !== null && typeof code !== 'number') return undefined;
    if (signal !== null && typeof signal !== 'string') return undefined;
    return { op, id, code, signal };
  }
  if (op === 'failed') {
    if (!isFailedPart(part) || typeof code !== 'string' || typeof message !== 'string') {
      return undefined;
    }
    return { op, id, part, code, message };
  }
  return undefined;
}

function parseObject(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON is one more way of being no message; the caller says what follows from that.
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArgv(value: unknown): value is readonly [string, ...string[]] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
  );
}

function isEnvironment(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
}

function isFailedPart(value: unknown): value is FailedPart {
  return (
    value === 'program' ||
    value === 'cwd' ||
    value === 'output' ||
    value === 'stdin' ||
    value === 'ending'
  );
}
