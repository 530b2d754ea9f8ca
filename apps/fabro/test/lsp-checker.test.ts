import { describe, expect, it } from 'vitest';
import { DocumentChecker } from '../src/lsp/checker.js';
import { LSP_DEBOUNCE_MS, LSP_DOCUMENTS } from '../src/limits.js';

/** A clock whose sleepers wake when the test moves it. */
class ManualClock {
  #now = 0;
  readonly #sleepers = new Set<{ readonly atMs: number; wake(): void }>();

  get sleeping(): number {
    return this.#sleepers.size;
  }

  now(): number {
    return this.#now;
  }

  sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (atMs <= this.#now) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const sleeper = {
        atMs,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener(
        'abort',
        () => {
          this.#sleepers.delete(sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  /** Moves on and lets what follows happen. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    for (const sleeper of this.#sleepers) if (sleeper.atMs <= this.#now) sleeper.wake();
    await settle();
  }
}

/** Lets promises that are ready run to their end. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Setup {
  readonly clock: ManualClock;
  readonly checker: DocumentChecker<{ readonly dependencies: ReadonlySet<string> }>;
  /** What happened, in order. */
  readonly log: string[];
  /** Files that a document names. */
  readonly names: Map<string, string[]>;
  /** Checks that wait until they are let go. */
  readonly held: Map<string, () => void>;
  hold(uri: string): void;
}

function setup(): Setup {
  const clock = new ManualClock();
  const log: string[] = [];
  const names = new Map<string, string[]>();
  const held = new Map<string, () => void>();
  const holding = new Set<string>();
  const checker = new DocumentChecker({
    clock,
    check: async (uri) => {
      log.push(`check ${uri}`);
      if (uri === 'bad') throw new Error('no such luck');
      if (holding.delete(uri)) await new Promise<void>((resolve) => held.set(uri, resolve));
      return { dependencies: new Set(names.get(uri)) };
    },
    publish: (uri, checked) =>
      void log.push(`${checked === undefined ? 'clear' : 'publish'} ${uri}`),
    warn: (message) => void log.push(message),
  });
  return { clock, checker, log, names, held, hold: (uri) => void holding.add(uri) };
}

describe('when a document is checked', () => {
  it('at once when it is opened, and once for many changes when typing pauses', async () => {
    const { clock, checker, log } = setup();
    checker.changed('a');
    await settle();
    expect(log).toEqual(['check a', 'publish a']);
    for (let i = 0; i < 5; i++) {
      checker.changed('a');
      await clock.pass(LSP_DEBOUNCE_MS - 1);
    }
    expect(log).toHaveLength(2);
    expect(clock.sleeping).toBe(1);
    await clock.pass(1);
    expect(log.slice(2)).toEqual(['check a', 'publish a']);
    expect(clock.sleeping).toBe(0);
  });

  it('again when a file changes that it has looked for, and only then', async () => {
    const { clock, checker, log, names } = setup();
    names.set('a', ['/lib.fabro']).set('b', ['/other.fabro']);
    checker.changed('a');
    checker.changed('b');
    await settle();
    log.length = 0;
    checker.filesChanged(['/lib.fabro', '/nobody.md']);
    await clock.pass(LSP_DEBOUNCE_MS);
    expect(log).toEqual(['check a', 'publish a']);
    checker.allAgain();
    await clock.pass(LSP_DEBOUNCE_MS);
    expect(log.slice(2)).toEqual(['check a', 'publish a', 'check b', 'publish b']);
  });

  it('one after the other', async () => {
    const { checker, log, held, hold } = setup();
    hold('a');
    checker.changed('a');
    await settle();
    checker.changed('b');
    await settle();
    expect(log).toEqual(['check a']);
    held.get('a')?.();
    await settle();
    expect(log).toEqual(['check a', 'publish a', 'check b', 'publish b']);
  });
});

describe('what is not said', () => {
  it('the result of a text that has changed meanwhile', async () => {
    const { clock, checker, log, held, hold } = setup();
    hold('a');
    checker.changed('a');
    await settle();
    checker.changed('a');
    held.get('a')?.();
    await settle();
    expect(log).toEqual(['check a']);
    await clock.pass(LSP_DEBOUNCE_MS);
    expect(log).toEqual(['check a', 'check a', 'publish a']);
  });

  it('the result of a document that was closed meanwhile; what was said is taken back', async () => {
    const { clock, checker, log, held, hold } = setup();
    hold('a');
    checker.changed('a');
    await settle();
    checker.closed('a');
    held.get('a')?.();
    await settle();
    expect(log).toEqual(['check a', 'clear a']);
    expect(checker.resultOf('a')).toBeUndefined();
    expect(clock.sleeping).toBe(0);
  });

  it('anything after the end', async () => {
    const { clock, checker, log, held, hold } = setup();
    checker.changed('b');
    await settle();
    hold('a');
    checker.changed('a');
    await settle();
    checker.changed('b');
    log.length = 0;
    const closed = checker.close();
    held.get('a')?.();
    await closed;
    await clock.pass(LSP_DEBOUNCE_MS);
    expect(log).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });
});

describe('what goes wrong', () => {
  it('a check that fails is told, and the others go on', async () => {
    const { checker, log } = setup();
    checker.changed('bad');
    checker.changed('a');
    await settle();
    expect(log).toEqual([
      'check bad',
      'bad could not be checked: no such luck',
      'check a',
      'publish a',
    ]);
  });

  it('past the limit of open workflows a further one is refused by name, until another is closed', async () => {
    const { checker, log } = setup();
    for (let i = 0; i < LSP_DOCUMENTS; i++) checker.changed(`d${i}`);
    await settle();
    await checker.close();
    log.length = 0;
    checker.changed('more');
    await settle();
    expect(log).toEqual([
      'more is not checked: 500 workflows are open already. Close some of them.',
    ]);
    checker.closed('d0');
    checker.changed('more');
    await settle();
    expect(log.slice(1)).toEqual(['clear d0', 'check more', 'publish more']);
  });
});
