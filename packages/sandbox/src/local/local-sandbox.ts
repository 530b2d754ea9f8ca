/**
 * The host itself as a sandbox. It is no boundary: commands and file tools reach whatever the server's user
 * reaches, by absolute paths, `..` and symbolic links alike. It only gives a place and a clean environment.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Processes } from '@fabro/process';
import { FabroError } from '@fabro/protocol';
import { DEFAULT_MAX_FILE_BYTES, DEFAULT_MAX_OUTPUT_BYTES } from '../limits.js';
import type {
  ExecOptions,
  ExecOutput,
  ExecRequest,
  ExecResult,
  FileStat,
  GrepMatch,
  Sandbox,
} from '../port.js';
import { childEnvironment } from './environment.js';
import { describeFile, readWhole, writeWhole } from './files.js';
import { globFiles, requireFolder } from './glob.js';
import { grepFiles } from './grep.js';
import { fileOutput, outputPaths, outputSize, removeOutput } from './output-files.js';

export interface LocalSandboxOptions {
  readonly processes: Processes;
  /** Absolute. */
  readonly workdir: string;
  /** Absolute folder for output files, created (0700) when needed; its owner removes it. */
  readonly scratchDir: string;
  /** The server's environment; `childEnvironment` says what of it children see. */
  readonly baseEnv: Readonly<Record<string, string | undefined>>;
  /** Largest file that is read or written whole. Default 64 MiB. */
  readonly maxFileBytes?: number;
  /** Output per stream of commands that name no limit. Default 64 MiB. */
  readonly maxOutputBytes?: number;
  /** Fresh names for temporary files; default random UUIDs. */
  readonly uuid?: () => string;
}

/** Throws `invalid_argument` when `workdir` or `scratchDir` is not absolute. */
export function createLocalSandbox(options: LocalSandboxOptions): Sandbox {
  for (const name of ['workdir', 'scratchDir'] as const) {
    if (isAbsolute(options[name])) continue;
    throw new FabroError(
      'invalid_argument',
      `local sandbox: ${name} ${JSON.stringify(options[name])}: expected an absolute path.`,
    );
  }
  return new LocalSandbox(options);
}

class LocalSandbox implements Sandbox {
  readonly provider = 'local';
  readonly workdir: string;
  readonly #options: LocalSandboxOptions;
  readonly #maxFileBytes: number;
  readonly #maxOutputBytes: number;

  constructor(options: LocalSandboxOptions) {
    this.workdir = resolve(options.workdir);
    this.#options = options;
    this.#maxFileBytes = options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES;
    this.#maxOutputBytes = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  }

  async exec(request: ExecRequest, options: ExecOptions): Promise<ExecResult> {
    const argv = argvOf(request);
    const { processes, scratchDir, baseEnv } = this.#options;
    await mkdir(scratchDir, { recursive: true, mode: 0o700 });
    const paths = outputPaths(scratchDir, request.key);
    try {
      const { stdoutBytes, stderrBytes, ...ended } = await processes.run(
        {
          key: request.key,
          argv,
          cwd: this.#path(request.cwd ?? '.'),
          env: childEnvironment(baseEnv, request.env),
          maxOutputBytes: request.maxOutputBytes ?? this.#maxOutputBytes,
          ...paths,
          ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
          ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
        },
        options,
      );
      return {
        ...ended,
        stdout: fileOutput(paths.stdoutPath, 0, stdoutBytes),
        stderr: fileOutput(paths.stderrPath, 0, stderrBytes),
        dispose: async () => await removeOutput(paths),
      };
    } catch (error) {
      await removeOutput(paths);
      throw error;
    }
  }

  async recoveredOutput(
    key: string,
  ): Promise<{ readonly stdout: ExecOutput; readonly stderr: ExecOutput } | undefined> {
    const { stdoutPath, stderrPath } = outputPaths(this.#options.scratchDir, key);
    const stdout = await this.#recovered(stdoutPath);
    const stderr = await this.#recovered(stderrPath);
    if (stdout === undefined && stderr === undefined) return undefined;
    return {
      stdout: stdout ?? fileOutput(stdoutPath, 0, 0),
      stderr: stderr ?? fileOutput(stderrPath, 0, 0),
    };
  }

  async readFile(path: string, options: { readonly maxBytes: number }): Promise<Uint8Array> {
    return await readWhole(this.#path(path), Math.min(options.maxBytes, this.#maxFileBytes));
  }

  async writeFile(path: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.#maxFileBytes) {
      throw new FabroError(
        'too_large',
        `${path}: ${bytes.length} bytes to write, at most ${this.#maxFileBytes} are possible. Write it with a command.`,
      );
    }
    const name = `.fabro-${(this.#options.uuid ?? randomUUID)()}.tmp`;
    await writeWhole(this.#path(path), bytes, name);
  }

  async stat(path: string): Promise<FileStat | undefined> {
    return await describeFile(this.#path(path));
  }

  async glob(
    pattern: string,
    options: { readonly path?: string; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly string[]> {
    const root = this.#path(options.path ?? '.');
    await requireFolder(root);
    return await globFiles(root, pattern, options.limit, options.signal);
  }

  async grep(
    pattern: string,
    options: {
      readonly path?: string;
      readonly glob?: string;
      readonly caseInsensitive?: boolean;
      readonly limit: number;
      readonly signal: AbortSignal;
    },
  ): Promise<readonly GrepMatch[]> {
    const { glob, caseInsensitive = false, limit, signal } = options;
    return await grepFiles(
      this.#path(options.path ?? '.'),
      { pattern, glob, caseInsensitive, limit },
      (path) => this.#displayed(path),
      signal,
    );
  }

  at(workdir: string): Sandbox {
    return new LocalSandbox({ ...this.#options, workdir: this.#path(workdir) });
  }

  async endLeftovers(keyPrefix: string): Promise<readonly string[]> {
    const found = await this.#options.processes.endLeftovers(keyPrefix);
    return [...new Set(found.map((leftover) => leftover.key))];
  }

  #path(path: string): string {
    return resolve(this.workdir, path);
  }

  /** Relative to `workdir` when below it: what a file tool would be given. */
  #displayed(path: string): string {
    const short = relative(this.workdir, path);
    return short === '' || short === '..' || short.startsWith('../') ? path : short;
  }

  /** A killed server left no word about the size, so the end of the file is taken. */
  async #recovered(path: string): Promise<ExecOutput | undefined> {
    const size = await outputSize(path);
    return size === undefined
      ? undefined
      : fileOutput(path, Math.max(0, size - this.#maxOutputBytes), size);
  }
}

function argvOf({ key, argv, command }: ExecRequest): readonly [string, ...string[]] {
  if (argv !== undefined && command === undefined) return argv;
  if (command !== undefined && argv === undefined) return [bash(), '-c', command];
  throw new FabroError(
    'invalid_argument',
    `command ${key}: expected exactly one of "command" and "argv".`,
  );
}

/** A PATH that a workflow sets need not contain bash; some systems have it elsewhere than in /bin. */
function bash(): string {
  return existsSync('/bin/bash') ? '/bin/bash' : 'bash';
}
