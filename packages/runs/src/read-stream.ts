/** A run's stored events in order, read a page at a time with other work in between. */
import { setImmediate } from 'node:timers/promises';
import { MAX_READ_EVENTS, type Journal, type StoredEvent } from '@fabro/journal';
import { eventSeq, runStream, type RunId } from '@fabro/protocol';

/** Yields what is stored; events that are appended meanwhile may be among it. */
export async function* readStream(journal: Journal, run: RunId): AsyncGenerator<StoredEvent> {
  for (let after = eventSeq(0); after !== undefined;) {
    const page = journal.read(runStream(run), { after, limit: MAX_READ_EVENTS });
    yield* page;
    after = page.length < MAX_READ_EVENTS ? undefined : page.at(-1)?.seq;
    if (after !== undefined) await setImmediate();
  }
}
