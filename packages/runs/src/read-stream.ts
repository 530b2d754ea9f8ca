/** A run's stored events in order, read a page at a time with other work in between. */
import { setImmediate } from 'node:timers/promises';
import { MAX_READ_EVENTS, type Journal, type StoredEvent } from '@fabro/journal';
import { eventSeq, runStream, type EventSeq, type RunId } from '@fabro/protocol';

/** Yields what is stored; events that are appended meanwhile may be among it. */
export async function* readStream(journal: Journal, run: RunId): AsyncGenerator<StoredEvent> {
  for (let after = eventSeq(0); after !== undefined;) {
    const page = journal.read(runStream(run), { after, limit: MAX_READ_EVENTS });
    yield* page;
    after = page.length < MAX_READ_EVENTS ? undefined : page.at(-1)?.seq;
    if (after !== undefined) await setImmediate();
  }
}

/** Stored events behind `after`, at most `limit` of them, however many reads of the journal that takes. */
export function readEvents(
  journal: Journal,
  run: RunId,
  after: EventSeq,
  limit: number,
): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  while (events.length < limit) {
    const most = Math.min(limit - events.length, MAX_READ_EVENTS);
    const page = journal.read(runStream(run), { after: events.at(-1)?.seq ?? after, limit: most });
    events.push(...page);
    if (page.length < most) break;
  }
  return events;
}
