/** Events that others append to the run's stream (cancel, pause, answers) reach the state by reading it. */
import { AnyEvent, eventSeq, parseRunEvent, runStream } from '@fabro/protocol';
import type { FoldedEvent } from './fold.js';
import type { Walk } from './walk.js';

export interface Outside {
  /** Throws when the stream could not be read or folded. */
  check(): void;
  stop(): Promise<void>;
}

/** Follows the stream from where the state stands. @param ring called after each event from outside. */
export function followOutside(
  walk: Pick<Walk, 'recorder' | 'journal' | 'signals'>,
  ring: () => void,
): Outside {
  const { recorder, journal } = walk;
  const { state } = recorder;
  const controller = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  const after = eventSeq(state.seq);
  if (after === undefined)
    throw new RangeError(`run ${state.runId} stands at ${state.seq}, which is no sequence number`);

  const reading = (async () => {
    for await (const batch of journal.subscribe(runStream(state.runId), {
      after,
      signal: controller.signal,
      origin: 'outside',
    }))
      for (const stored of batch) {
        const event = parseRunEvent(AnyEvent.parse(JSON.parse(stored.json)));
        recorder.foldOutside(event satisfies FoldedEvent | undefined, stored.seq);
        walk.signals.publish(state);
        ring();
      }
  })().catch((error: unknown) => {
    failure = { error };
    ring();
  });

  return {
    check: () => {
      if (failure !== undefined) throw failure.error;
    },
    stop: async () => {
      controller.abort();
      await reading;
    },
  };
}
