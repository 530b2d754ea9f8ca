/**
 * The durable call: one act on the world, recorded before and after. This is the port through which
 * agents, git and handlers act; the engine fills it in.
 *
 * Contract:
 * - the key is derived from where the call stands, never random;
 * - `started` is committed before `act` begins, `ended` before the call resolves;
 * - a call with a recorded end never acts again: `decode` rebuilds the value from the recorded event;
 * - a call that was open when the process died goes by `inDoubt`;
 * - when the signal aborts or `act` throws, nothing is recorded: the call stays open and the error goes on.
 */
import type { AnyEvent, EventDraft } from './events.js';
import type { CallKey } from './ids.js';

/** What to do with a call that was open when the process died. */
export type InDoubt<T> =
  /** Acting twice does no harm, or the loss is accounted for: act again. */
  | { readonly rule: 'repeat' }
  /** Look at the world and either give the value that the call had, or ask for the act to be repeated. */
  | {
      readonly rule: 'reconcile';
      reconcile(started: AnyEvent, signal: AbortSignal): Promise<{ readonly value: T } | 'repeat'>;
    };

export interface CallSpec<T> {
  readonly key: CallKey;
  /** The event that records the start; `call.started` when a call has no public event. */
  readonly started: EventDraft;
  /** The event that records the end and carries the value. */
  ended(value: T): EventDraft;
  /** The value again, from the recorded end. Throws when the event has another shape. */
  decode(ended: AnyEvent): T;
  readonly inDoubt: InDoubt<T>;
}

export interface DurableCalls {
  call<T>(spec: CallSpec<T>, act: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * Records facts that are no call (a prompt, a warning). Each needs a key too: after a restart the same
   * line of code runs again and must not record it twice.
   */
  note(key: CallKey, event: EventDraft): Promise<void>;
  /** Stores bytes; they are durable before any event that is appended afterwards. Resolves to the hash. */
  blob(bytes: Uint8Array): Promise<string>;
  /** Reads bytes stored by `blob`. Rejects with `not_found`. */
  readBlob(hash: string): Promise<Uint8Array>;
  /** Aborts when the stage is cancelled, times out or the lease is lost. */
  readonly signal: AbortSignal;
}
