/**
 * When documents are checked: a little after they change, one at a time, and again when a file changes that
 * they name. Knows neither the protocol nor the language.
 */
import { type Clock, messageOf } from '@fabro/protocol';
import { LSP_DEBOUNCE_MS, LSP_DOCUMENTS } from '../limits.js';

/** What a check came to, as far as it matters here. */
export interface Checked {
  /** Absolute paths of the files that were looked for, missing ones too. */
  readonly dependencies: ReadonlySet<string>;
}

export interface CheckerPorts<T extends Checked> {
  readonly clock: Clock;
  /** Checks the document as it is now; undefined when it is no longer open. */
  check(uri: string): Promise<T | undefined>;
  /** Takes a result that is not outdated; undefined takes back what was said about a closed document. */
  publish(uri: string, checked: T | undefined): void;
  /** Takes a sentence about what went wrong here. */
  warn(message: string): void;
}

/** Owns the latest result of every open document. */
export class DocumentChecker<T extends Checked> {
  readonly #ports: CheckerPorts<T>;
  readonly #pending = new Map<string, AbortController>();
  readonly #results = new Map<string, T>();
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: CheckerPorts<T>) {
    this.#ports = ports;
  }

  /** The latest result, which may be older than the text. */
  resultOf(uri: string): T | undefined {
    return this.#results.get(uri);
  }

  /** A document was opened or changed: it is checked at once the first time, else when typing pauses. */
  changed(uri: string): void {
    const known = this.#results.has(uri) || this.#pending.has(uri);
    if (!known && this.#results.size + this.#pending.size >= LSP_DOCUMENTS) {
      this.#ports.warn(
        `${uri} is not checked: ${LSP_DOCUMENTS} workflows are open already. Close some of them.`,
      );
      return;
    }
    this.#schedule(uri, known ? LSP_DEBOUNCE_MS : 0);
  }

  /** What the document names may have changed. */
  again(uri: string): void {
    if (this.#results.has(uri) || this.#pending.has(uri)) this.#schedule(uri, LSP_DEBOUNCE_MS);
  }

  /** Checks again every document that has looked for one of these files. */
  filesChanged(paths: readonly string[]): void {
    // One that has no result yet may have read the file before it changed.
    const waiting = [...this.#pending.keys()].filter((uri) => !this.#results.has(uri));
    for (const uri of waiting) this.#schedule(uri, LSP_DEBOUNCE_MS);
    for (const [uri, { dependencies }] of this.#results)
      if (paths.some((path) => dependencies.has(path))) this.#schedule(uri, LSP_DEBOUNCE_MS);
  }

  /** Checks every document again: settings have changed. */
  allAgain(): void {
    for (const uri of this.#results.keys()) this.#schedule(uri, LSP_DEBOUNCE_MS);
  }

  closed(uri: string): void {
    this.#pending.get(uri)?.abort();
    this.#pending.delete(uri);
    this.#results.delete(uri);
    this.#ports.publish(uri, undefined);
  }

  /** Forgets what is waiting; resolves when the check that is under way has ended. Nothing is published after. */
  async close(): Promise<void> {
    for (const controller of this.#pending.values()) controller.abort();
    this.#pending.clear();
    await this.#turn;
  }

  #schedule(uri: string, delayMs: number): void {
    this.#pending.get(uri)?.abort();
    const controller = new AbortController();
    this.#pending.set(uri, controller);
    void this.#later(uri, delayMs, controller);
  }

  /** Never rejects. */
  async #later(uri: string, delayMs: number, controller: AbortController): Promise<void> {
    const { signal } = controller;
    const { clock, warn } = this.#ports;
    try {
      await clock.sleepUntil(clock.now() + delayMs, signal);
      this.#turn = this.#turn.then(() => this.#check(uri, signal));
      await this.#turn;
    } catch (error) {
      if (!signal.aborted) warn(`${uri} could not be checked: ${messageOf(error)}`);
    } finally {
      if (this.#pending.get(uri) === controller) this.#pending.delete(uri);
    }
  }

  /** Never rejects, so that the next one has its turn. */
  async #check(uri: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { check, publish, warn } = this.#ports;
    try {
      const checked = await check(uri);
      // Aborted: the text has changed meanwhile, or the document was closed.
      if (signal.aborted || checked === undefined) return;
      this.#results.set(uri, checked);
      publish(uri, checked);
    } catch (error) {
      warn(`${uri} could not be checked: ${messageOf(error)}`);
    }
  }
}
