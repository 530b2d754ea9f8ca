/** The server's end of one spawner process: starting it, sending commands, handing out reports. */
import { Socket } from 'node:net';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { FabroError, messageOf } from '@fabro/protocol';
import { MAX_REPORT_BYTES, SPAWNER_START_MS, SPAWNER_STDERR_CHARS } from './limits.js';
import { type Mark, markVariables } from './marker.js';
import type { SpawnerEntry } from './spawner-entry.js';
import { LineSplitter } from './spawner/lines.js';
import { type Command, type Report, parseReport } from './spawner/wire.js';

type IdReport = Exclude<Report, { readonly op: 'ready' }>;

export class SpawnerClient {
  readonly instance: string;
  /** Resolves at the first sign of life, rejects with `unavailable` when that does not come. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone, to a sentence that says how. */
  readonly gone: Promise<string>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #listeners = new Map<number, (report: IdReport) => void>();
  #stderr = '';
  #nextId = 1;
  #broken: string | undefined;

  constructor(entry: SpawnerEntry, mark: Mark, env: NodeJS.ProcessEnv) {
    this.instance = mark.instance;
    this.#child = spawn(process.execPath, [...entry.execArgv, entry.path], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...pick(env, ['PATH', 'HOME', 'TMPDIR']), ...markVariables(mark) },
    });
    let onReady: () => void = () => undefined;
    let onGone: (error: FabroError) => void = () => undefined;
    this.ready = new Promise((resolve, reject) => {
      onReady = resolve;
      onGone = reject;
    });
    // Awaited by those who use it; a spawner that dies unused is nobody's failure.
    this.ready.catch(() => undefined);
    const timer = setTimeout(() => this.#break('gave no sign of life'), SPAWNER_START_MS);
    this.gone = new Promise((resolve) => {
      const end = (how: string): void => {
        clearTimeout(timer);
        const said = this.#stderr.trim();
        const text = `the spawner ${this.#broken ?? how}${said === '' ? '' : `: ${said}`}`;
        onGone(new FabroError('unavailable', text));
        resolve(text);
      };
      this.#child.once('error', (error) => end(`could not be started (${messageOf(error)})`));
      this.#child.once('close', (code, signal) => end(`ended with ${signal ?? `code ${code}`}`));
    });
    this.#readReports(() => {
      clearTimeout(timer);
      onReady();
    });
    this.#release();
  }

  /** A fresh number and its listener; call `forget` when the run is over. */
  listen(listener: (report: IdReport) => void): number {
    const id = this.#nextId++;
    this.#listeners.set(id, listener);
    return id;
  }

  forget(id: number): void {
    this.#listeners.delete(id);
  }

  send(command: Command): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** Makes the spawner end its groups and exit; `gone` tells when it has. */
  end(): void {
    this.#child.stdin.end();
  }

  /** Ends the spawner at once; what it started lives on. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #readReports(onReady: () => void): void {
    const lines = new LineSplitter(MAX_REPORT_BYTES);
    this.#child.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const line of lines.push(chunk)) {
          const report = parseReport(line);
          if (report === undefined) return this.#break(`sent "${line.slice(0, 100)}"`);
          if (report.op === 'ready') onReady();
          else this.#listeners.get(report.id)?.(report);
        }
      } catch (error) {
        this.#break(messageOf(error));
      }
    });
    this.#child.stderr.setEncoding('utf8');
    this.#child.stderr.on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-SPAWNER_STDERR_CHARS);
    });
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      // A broken pipe means that the spawner is gone, which `close` reports.
      stream.on('error', () => undefined);
    }
  }

  #break(why: string): void {
    this.#broken ??= why;
    this.kill();
  }

  /** An idle spawner does not keep the server's event loop alive; a run does, by its timer. */
  #release(): void {
    this.#child.unref();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      // Pipes of a child are sockets, whatever the type says.
      if (stream instanceof Socket) stream.unref();
    }
  }
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}
