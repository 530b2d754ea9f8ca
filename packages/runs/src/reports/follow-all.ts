/** The events of all runs, or of some, as they are committed; never ends by itself. */
import type { Journal } from '@fabro/journal';
import type { StreamItem } from '../request.js';

export interface FollowAllRequest {
  /** Runs to follow; absent means all. */
  readonly runs?: ReadonlySet<string>;
  /** The place after which to begin, as the `seq` of an earlier item; absent means now. */
  readonly after?: number;
  readonly signal: AbortSignal;
}

/** Items whose `seq` is the event's place among all runs: opaque, rising, and good for going on. */
export async function* followAll(
  journal: Journal,
  { runs, after, signal }: FollowAllRequest,
): AsyncGenerator<readonly StreamItem[]> {
  const afterPosition = after ?? journal.lastPosition();
  for await (const batch of journal.subscribeAll({ afterPosition, signal })) {
    const items = batch
      .filter(({ stream }) => runs === undefined || runs.has(stream))
      .map(({ position, json }): StreamItem => ({ kind: 'event', seq: position, json }));
    if (items.length > 0) yield items;
  }
}
