/**
 * Starting, streaming and ending process groups. Children are started by a small detached spawner, so that
 * the server's size does not slow them down and its death ends them.
 */
import type { PauseSignal } from '@fabro/protocol';

export interface SpawnRequest {
  /**
   * Globally unique name of the act (`<run>/<frame>/…`); the child carries
   * `FABRO_SPAWN=<root id>/<key>` so that it can be found again after a SIGKILL of the server.
   */
  readonly key: string;
  /** Program and arguments; never a shell line. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment of the child (the marker is added). */
  readonly env: Readonly<Record<string, string>>;
  /** Written to standard input, which is then closed. Default: /dev/null. */
  readonly stdin?: string;
  /** Files that the spawner opens for the output (created, truncated, mode 0600). Parent folders exist. */
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Most bytes a stream may write; past it the group is ended as `output_limit`. */
  readonly maxOutputBytes: number;
  /** Counted while not paused. Absent: no limit. */
  readonly timeoutMs?: number;
}

export type Termination = 'exited' | 'timed_out' | 'cancelled' | 'output_limit';

export interface ProcessResult {
  readonly termination: Termination;
  /** Exit code; undefined when a signal ended the process. */
  readonly exitCode?: number;
  /** For example `SIGKILL`. */
  readonly signal?: string;
  readonly durationMs: number;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}

export interface RunOptions {
  /**
   * Aborting ends the process group and what left it but kept the marker (TERM, 2 s, KILL); the result is
   * `cancelled`. Time and output limits end the same.
   */
  readonly signal: AbortSignal;
  /** New output in order per stream, decoded as UTF-8 without splitting characters. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
  /** SIGSTOP and SIGCONT to the group; the timeout's clock stands still meanwhile. */
  readonly pause?: PauseSignal;
}

/** A process group that an earlier server left behind. */
export interface Leftover {
  readonly key: string;
  readonly pid: number;
}

export interface Processes {
  /**
   * Runs a program to its end and the end of its group: nothing of the group is alive when this resolves.
   * Rejects with FabroError `missing_program` (program not found), `invalid_argument` (cwd missing) or
   * `unavailable` (spawner died).
   */
  run(request: SpawnRequest, options: RunOptions): Promise<ProcessResult>;
  /**
   * Ends every process that carries this root's marker and was not started by this instance, with its
   * group (TERM, 2 s, KILL); pids that were reused are left alone. Only the holder of the root calls it.
   * @param keyPrefix only keys that start so; default all.
   */
  endLeftovers(keyPrefix?: string): Promise<readonly Leftover[]>;
  /** Ends all groups and the spawner. */
  close(): Promise<void>;
}
