/** Durable calls of one attempt: the kernel's rule that no call with a recorded end acts again. */
import {
  FabroError,
  parseBlobHash,
  type AnyEvent,
  type CallKey,
  type CallSpec,
  type DurableCalls,
  type EventDraft,
} from '@fabro/protocol';
import type { Journal } from '@fabro/journal';
import type { Recorder } from './recorder.js';

/** What the journal holds of a call from before a restart. */
export interface RecordedCall {
  readonly started?: AnyEvent;
  readonly ended?: AnyEvent;
}

export interface CallPorts {
  readonly recorder: Recorder;
  readonly journal: Journal;
  /** Calls of an interrupted attempt by key; empty for a fresh one. */
  readonly recorded: ReadonlyMap<string, RecordedCall>;
  /** Called when a note has been recorded and folded, before it is durable. */
  readonly noted?: () => void;
  readonly signal: AbortSignal;
}

/** Makes the durable calls of one attempt. */
export function createCalls(ports: CallPorts): DurableCalls {
  const { recorder, journal, recorded, signal } = ports;

  async function record(
    key: CallKey,
    phase: 'started' | 'ended',
    event: EventDraft,
    recordedNow?: () => void,
  ): Promise<void> {
    recorder.record([{ ...event, call: key, call_phase: phase }]);
    recordedNow?.();
    await recorder.commit();
  }

  return {
    signal,

    async call<T>(spec: CallSpec<T>, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
      signal.throwIfAborted();
      const before = recorded.get(spec.key);
      if (before?.ended !== undefined) return spec.decode(before.ended);
      if (before?.started === undefined) await record(spec.key, 'started', spec.started);
      const value = await actOrReconcile(spec, before?.started, act, signal);
      signal.throwIfAborted();
      await record(spec.key, 'ended', spec.ended(value));
      return value;
    },

    async note(key: CallKey, event: EventDraft): Promise<void> {
      signal.throwIfAborted();
      if (recorded.get(key)?.ended !== undefined) return;
      await record(key, 'ended', event, ports.noted);
    },

    async blob(bytes: Uint8Array): Promise<string> {
      return recorder.blob(bytes);
    },

    async readBlob(hash: string): Promise<Uint8Array> {
      const parsed = parseBlobHash(hash);
      const bytes = parsed === undefined ? undefined : journal.blob(parsed);
      if (bytes === undefined)
        throw new FabroError('not_found', `blob ${hash} is not in the journal`);
      return bytes;
    },
  };
}

async function actOrReconcile<T>(
  spec: CallSpec<T>,
  started: AnyEvent | undefined,
  act: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  if (started === undefined || spec.inDoubt.rule === 'repeat') return act(signal);
  const found = await spec.inDoubt.reconcile(started, signal);
  return found === 'repeat' ? act(signal) : found.value;
}
