/** Durable calls over an array that outlives the process; keeps to the contract of the port. */
import { createHash } from 'node:crypto';
import {
  AnyEvent,
  type CallKey,
  type CallSpec,
  type DurableCalls,
  EVENT_PROPERTIES,
  type EventDraft,
  FabroError,
} from '@fabro/protocol';
import type { Life } from './crash.js';

/** What lies on disk. */
export class Disk {
  readonly events: AnyEvent[] = [];
  readonly blobs = new Map<string, Uint8Array>();

  find(key: CallKey, phase: 'started' | 'ended'): AnyEvent | undefined {
    return this.events.find((event) => event.call === key && event.call_phase === phase);
  }

  named(event: string): AnyEvent[] {
    return this.events.filter((candidate) => candidate.event === event);
  }

  append(key: CallKey, phase: 'started' | 'ended', draft: EventDraft): void {
    if (this.find(key, phase) !== undefined)
      throw new Error(`call "${key}" has a recorded ${phase} already`);
    const seq = this.events.length + 1;
    const row = JSON.stringify({
      ...draft,
      properties: EVENT_PROPERTIES[draft.event].parse(draft.properties),
      call: key,
      call_phase: phase,
      seq,
      id: `event-${seq}`,
      ts: '2026-01-01T00:00:00.000Z',
      run_id: 'run',
    });
    this.events.push(AnyEvent.parse(JSON.parse(row)));
  }
}

export function journalCalls(disk: Disk, life: Life, signal: AbortSignal): DurableCalls {
  return {
    signal,
    async call<T>(spec: CallSpec<T>, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
      signal.throwIfAborted();
      const ended = disk.find(spec.key, 'ended');
      if (ended !== undefined) return spec.decode(ended);
      const started = disk.find(spec.key, 'started');
      const value = await valueOf(spec, started, act);
      await life.step(`ended ${spec.key}`, () => disk.append(spec.key, 'ended', spec.ended(value)));
      return value;
    },
    async note(key, event) {
      signal.throwIfAborted();
      if (disk.find(key, 'ended') !== undefined) return;
      await life.step(`note ${key}`, () => disk.append(key, 'ended', event));
    },
    blob(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      return life.step('blob', () => {
        disk.blobs.set(hash, bytes);
        return hash;
      });
    },
    readBlob(hash) {
      const bytes = disk.blobs.get(hash);
      return bytes === undefined
        ? Promise.reject(new FabroError('not_found', `blob ${hash}`))
        : Promise.resolve(bytes);
    },
  };

  async function valueOf<T>(
    spec: CallSpec<T>,
    started: AnyEvent | undefined,
    act: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (started === undefined)
      await life.step(`started ${spec.key}`, () => disk.append(spec.key, 'started', spec.started));
    else if (spec.inDoubt.rule === 'reconcile') {
      const found = await spec.inDoubt.reconcile(started, signal);
      if (found !== 'repeat') return found.value;
    }
    return act(signal);
  }
}
