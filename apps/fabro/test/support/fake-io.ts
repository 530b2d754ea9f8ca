/** An `Io` in memory: what was written, a clock that only moves when waited on, a world that tests fill in. */
import { FabroError } from '@fabro/protocol';
import type { Io, TextOut, World } from '../../src/io.js';

export interface FakeIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
  /** Sends Ctrl-C. */
  interrupt(): void;
  /** Number of listeners that were never removed. */
  listeners(): number;
}

export interface FakeIoOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly tty?: boolean;
  readonly columns?: number;
  readonly world?: Partial<World>;
}

export function fakeIo(options: FakeIoOptions = {}): FakeIo {
  const text = { out: '', err: '' };
  const interrupts = new Set<() => void>();
  const others = new Set<() => void>();
  const subscribe = (set: Set<() => void>, listener: () => void) => {
    set.add(listener);
    return () => void set.delete(listener);
  };
  const stream = (name: 'out' | 'err'): TextOut => ({
    write: (part) => void (text[name] += part),
    isTTY: options.tty ?? false,
    columns: options.columns ?? 80,
    rows: 24,
    onResize: (listener) => subscribe(others, listener),
  });
  let now = Date.parse('2026-01-31T12:00:00Z');
  const unexpected = (what: string) => () => {
    throw new Error(`unexpected ${what}`);
  };
  return {
    stdout: stream('out'),
    stderr: stream('err'),
    stdin: { isTTY: options.tty ?? false },
    env: { HOME: '/nonexistent-home', ...options.env },
    cwd: options.cwd ?? '/nonexistent',
    clock: {
      now: () => now,
      sleepUntil: async (at, signal) => {
        signal.throwIfAborted();
        now = Math.max(now, at);
        await new Promise((resolve) => setImmediate(resolve));
      },
    },
    every: (_ms, tick) => subscribe(others, tick),
    onInterrupt: (listener) => subscribe(interrupts, listener),
    onExit: (listener) => subscribe(others, listener),
    world: {
      fetchFor: unexpected('fetch'),
      launchServer: unexpected('start of a server'),
      foregroundServer: unexpected('server in the foreground'),
      runProgram: (program) =>
        Promise.reject(new FabroError('missing_program', `${program} is not on PATH`)),
      prompter: unexpected('prompt'),
      protocolStreams: unexpected('protocol'),
      isAlive: () => false,
      kill: unexpected('signal'),
      ...options.world,
    },
    out: () => text.out,
    err: () => text.err,
    interrupt: () => interrupts.forEach((listener) => listener()),
    listeners: () => interrupts.size + others.size,
  };
}
