/** Where a run's commands and file tools act. One port; each provider is a folder beside `local/`. */
import type { PauseSignal } from '@fabro/protocol';

export interface ExecRequest {
  /** Globally unique key of the call; marks the processes. */
  readonly key: string;
  /** Run by `bash -c`. */
  readonly command?: string;
  /** Or a program with arguments, without a shell. Exactly one of `command` and `argv`. */
  readonly argv?: readonly [string, ...string[]];
  /** Absolute, or relative to `workdir`. Default `workdir`. */
  readonly cwd?: string;
  /** Added to the sandbox's base environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly timeoutMs?: number;
  /** Most bytes a stream may write before the command is ended as `output_limit`. Default in `limits.ts`. */
  readonly maxOutputBytes?: number;
}

export interface ExecOptions {
  readonly signal: AbortSignal;
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly pause?: PauseSignal;
}

/** Output of a command; long output stays in a file until `dispose`. */
export interface ExecOutput {
  readonly bytes: number;
  /** The whole output when it is at most `limit` bytes, else its last `limit` bytes; UTF-8, bad bytes replaced. */
  tail(limit: number): Promise<string>;
  /** All bytes (bounded by `maxOutputBytes`). */
  read(): Promise<Uint8Array>;
}

export interface ExecResult {
  readonly termination: 'exited' | 'timed_out' | 'cancelled' | 'output_limit';
  readonly exitCode?: number;
  readonly signal?: string;
  readonly durationMs: number;
  readonly stdout: ExecOutput;
  readonly stderr: ExecOutput;
  /** Removes the output files. Call it always. */
  dispose(): Promise<void>;
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
  readonly mtimeMs: number;
}

export interface GrepMatch {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export interface Sandbox {
  /** `local`, `docker`, … */
  readonly provider: string;
  /** Absolute path inside the sandbox in which commands run and to which relative paths refer. */
  readonly workdir: string;
  exec(request: ExecRequest, options: ExecOptions): Promise<ExecResult>;
  /** Output that a command of that key left behind when the server died; undefined when there is none. */
  recoveredOutput(
    key: string,
  ): Promise<{ readonly stdout: ExecOutput; readonly stderr: ExecOutput } | undefined>;
  /** Rejects with FabroError `not_found`, or `too_large` past `maxBytes`. */
  readFile(path: string, options: { readonly maxBytes: number }): Promise<Uint8Array>;
  /** Writes to a temporary name and renames; creates parent folders; keeps the mode of an existing file. */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /** undefined when nothing is there. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Paths relative to `path`, sorted by time (newest first), at most `limit`. Skips `.git` and `node_modules`. */
  glob(
    pattern: string,
    options: { readonly path?: string; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly string[]>;
  /** Regular-expression search in files; rejects with `invalid_argument` on a bad pattern. Skips `.git`, binary files, `node_modules`. */
  grep(
    pattern: string,
    options: {
      readonly path?: string;
      readonly glob?: string;
      readonly caseInsensitive?: boolean;
      readonly limit: number;
      readonly signal: AbortSignal;
    },
  ): Promise<readonly GrepMatch[]>;
  /** The same place seen from another working directory (a branch's worktree). */
  at(workdir: string): Sandbox;
  /** Ends processes that an earlier server left behind under keys with this prefix. Resolves to their keys. */
  endLeftovers(keyPrefix: string): Promise<readonly string[]>;
}
