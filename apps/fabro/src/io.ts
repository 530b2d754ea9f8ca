/**
 * What a command may touch of the process it runs in. Commands take it as a parameter, so that tests run
 * them inside one process; `process-io.ts` fills it in for real.
 */
import type { Readable, Writable } from 'node:stream';
import type { Fetch } from '@fabro/client';
import type { Clock } from '@fabro/protocol';

/** One of the two text outputs. */
export interface TextOut {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in columns now; 80 when unknown. */
  readonly columns: number;
  /** Height in rows now; 24 when unknown. */
  readonly rows: number;
  /** Calls back after a change of size; the returned function ends the subscription. */
  onResize(listener: () => void): () => void;
}

export interface Io {
  /** Results. */
  readonly stdout: TextOut;
  /** Progress, summaries, diagnostics. */
  readonly stderr: TextOut;
  readonly stdin: { readonly isTTY: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the caller's directory. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Calls `tick` every `ms` until the returned function is called; keeps no process alive by itself. */
  every(ms: number, tick: () => void): () => void;
  /** Calls back on SIGINT and SIGTERM; while there is a listener the process does not end by itself. */
  onInterrupt(listener: () => void): () => void;
  /** Calls back when the process ends in any way that lets code run; the returned function unsubscribes. */
  onExit(listener: () => void): () => void;
  /** Everything that reaches beyond the process. */
  readonly world: World;
}

/** A finished program. */
export interface ProgramResult {
  /** Exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** What a server says on its one line of output when it is ready. */
export interface ServerRecord {
  readonly pid: number;
  /** Path of the Unix socket, or the URL of a TCP listener. */
  readonly address: string;
  readonly version: string;
}

export interface LaunchOptions {
  readonly storageDir: string;
  readonly bind?: string;
  readonly config?: string;
  readonly maxConcurrentRuns?: number;
  /** Of runs that name none. */
  readonly model?: string;
  readonly provider?: string;
  readonly sandbox?: string;
}

/** A server in the foreground of this process. */
export interface ForegroundServer {
  readonly ready: Promise<ServerRecord>;
  /** Resolves to the exit code when the server has ended. */
  readonly ended: Promise<number>;
  /** Asks the server to stop. */
  stop(): void;
}

export interface World {
  /** A fetch that reaches the server at this address. */
  fetchFor(address: string): Promise<Fetch>;
  /** Starts a server that outlives this process; resolves when it is ready, rejects with its own error. */
  launchServer(options: LaunchOptions, signal: AbortSignal): Promise<ServerRecord>;
  foregroundServer(options: LaunchOptions): Promise<ForegroundServer>;
  /** Runs a program without a shell. Rejects with `missing_program` when it is not on PATH. */
  runProgram(
    program: string,
    args: readonly string[],
    options?: ProgramOptions,
  ): Promise<ProgramResult>;
  /** Asks in the terminal. */
  prompter(): Promise<Prompter>;
  /** The bytes of standard input and output, for a command whose conversation is a protocol. */
  protocolStreams(): { readonly input: Readable; readonly output: Writable };
  isAlive(pid: number): boolean;
  kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Questions in the terminal; undefined means that the user pressed Ctrl-C or the signal aborted. */
export interface Prompter {
  confirm(message: string, signal: AbortSignal): Promise<boolean | undefined>;
  select(
    message: string,
    options: readonly PromptOption[],
    signal: AbortSignal,
  ): Promise<string | undefined>;
  multiselect(
    message: string,
    options: readonly PromptOption[],
    signal: AbortSignal,
  ): Promise<readonly string[] | undefined>;
  text(message: string, signal: AbortSignal): Promise<string | undefined>;
}

export interface PromptOption {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}
