/** One running program: its limits, its output, its pause, and what ended it. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '@fabro/protocol';
import { FabroError } from '@fabro/protocol';
import { OutputFollower } from './follow-output.js';
import { OUTPUT_OVERRUN_BYTES } from './limits.js';
import { PausableDeadline } from './pausable-deadline.js';
import type { ProcessResult, RunOptions, SpawnRequest, Termination } from './port.js';
import type { SpawnerClient } from './spawner-client.js';
import type { Report } from './spawner/wire.js';
import { startError } from './start-error.js';

/** How the group ended, before the output is read to its end. */
type End =
  | Extract<Report, { readonly op: 'ended' }>
  | { readonly op: 'lost'; readonly why: string };

export class ActiveRun {
  readonly #request: SpawnRequest;
  readonly #options: RunOptions;
  readonly #clock: Clock;
  readonly #spawner: SpawnerClient;
  readonly #id: number;
  readonly #stdout: OutputFollower;
  readonly #stderr: OutputFollower;
  readonly #deadline: PausableDeadline | undefined;
  readonly #ended: Promise<End>;
  #settle: (end: End) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  /** The first reason wins. */
  #termination: Exclude<Termination, 'exited'> | undefined;
  #killed = false;
  /** What a listener for output threw. */
  #listenerError: { readonly error: unknown } | undefined;

  constructor(request: SpawnRequest, options: RunOptions, clock: Clock, spawner: SpawnerClient) {
    this.#request = request;
    this.#options = options;
    this.#clock = clock;
    this.#spawner = spawner;
    const { onOutput } = options;
    const listen = (stream: 'stdout' | 'stderr') =>
      onOutput === undefined ? undefined : (text: string) => onOutput(stream, text);
    this.#stdout = new OutputFollower(request.stdoutPath, request.maxOutputBytes, listen('stdout'));
    this.#stderr = new OutputFollower(request.stderrPath, request.maxOutputBytes, listen('stderr'));
    this.#ended = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    this.#deadline =
      request.timeoutMs === undefined
        ? undefined
        : new PausableDeadline(clock, request.timeoutMs, () => this.end('timed_out'));
    this.#id = spawner.listen((report) => {
      if (report.op === 'ended') this.#settle(report);
      else if (report.op === 'failed') this.#fail(startError(request, report));
      // From here on only our own grace period is left to wait for.
      else this.#deadline?.pause();
    });
  }

  /** Starts the program and resolves when its group has ended. Call once. */
  async run(env: Readonly<Record<string, string>>): Promise<ProcessResult> {
    const { argv, cwd, stdin, stdoutPath, stderrPath } = this.#request;
    const { signal, pause } = this.#options;
    const startedAt = this.#clock.now();
    const onAbort = (): void => this.end('cancelled');
    const start = { op: 'start', id: this.#id, argv, cwd, env, stdoutPath, stderrPath } as const;
    this.#spawner.send(stdin === undefined ? start : { ...start, stdin });
    // One signal serves as many commands as run at once; Node would call more than ten a leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', onAbort);
    this.#deadline?.resume();
    const unsubscribe = pause?.subscribe((paused) => this.#setPaused(paused));
    // Either may have changed after the caller looked and before this listened.
    if (signal.aborted) onAbort();
    if (pause?.paused === true) this.#setPaused(true);
    try {
      const end = await this.#ended;
      const durationMs = Math.round(this.#clock.now() - startedAt);
      if (end.op === 'lost')
        throw new FabroError('unavailable', lostMessage(this.#request, end.why));
      return await this.#result(end, durationMs);
    } finally {
      unsubscribe?.();
      signal.removeEventListener('abort', onAbort);
      this.#deadline?.pause();
      this.#spawner.forget(this.#id);
      await Promise.all([this.#stdout.close(), this.#stderr.close()]);
    }
  }

  /** Ends the group for this reason unless it is ending already. */
  end(reason: Exclude<Termination, 'exited'>): void {
    if (this.#termination !== undefined) return;
    this.#termination = reason;
    this.#spawner.send({ op: 'end', id: this.#id });
  }

  /** The spawner died; its groups have been ended by others. */
  lose(why: string): void {
    this.#settle({ op: 'lost', why });
  }

  /** One look at the output; called at every tick. */
  look(): void {
    const most = Math.max(this.#stdout.size(), this.#stderr.size());
    const limit = this.#request.maxOutputBytes;
    if (most > limit) this.end('output_limit');
    if (most > limit + OUTPUT_OVERRUN_BYTES && !this.#killed) {
      this.#killed = true;
      this.#spawner.send({ op: 'kill', id: this.#id });
    }
    this.#stdout.poll().catch((error: unknown) => this.#listenerFailed(error));
    this.#stderr.poll().catch((error: unknown) => this.#listenerFailed(error));
  }

  #setPaused(paused: boolean): void {
    if (paused) this.#deadline?.pause();
    else this.#deadline?.resume();
    this.#spawner.send({ op: paused ? 'stop' : 'continue', id: this.#id });
  }

  #listenerFailed(error: unknown): void {
    this.#listenerError ??= { error };
    this.end('cancelled');
  }

  async #result(
    end: Extract<Report, { readonly op: 'ended' }>,
    durationMs: number,
  ): Promise<ProcessResult> {
    const limit = this.#request.maxOutputBytes;
    const over = this.#stdout.size() > limit || this.#stderr.size() > limit;
    if (this.#listenerError !== undefined) throw this.#listenerError.error;
    const [stdoutBytes, stderrBytes] = await Promise.all([
      this.#stdout.finish(),
      this.#stderr.finish(),
    ]);
    return {
      termination: this.#termination ?? (over ? 'output_limit' : 'exited'),
      ...(end.code === null ? {} : { exitCode: end.code }),
      ...(end.signal === null ? {} : { signal: end.signal }),
      durationMs,
      stdoutBytes,
      stderrBytes,
    };
  }
}

function lostMessage(request: SpawnRequest, why: string): string {
  return `command ${request.key} (${request.argv[0]}) was ended: ${why}. Its effects are unknown.`;
}
