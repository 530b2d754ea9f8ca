/** What the suite opens, and the small vocabulary in which its specifications are written. */
import { eventSeq, streamId, type EventSeq, type StreamId } from '@fabro/protocol';
import type {
  AppendRequest,
  AppendResult,
  EventBody,
  Journal,
  JournalOptions,
  NewEvent,
  Precondition,
  StoredEvent,
} from '../port.js';
import { SEQ, type ChangeValue, type RowChange } from '../table.js';

/** A journal that was opened for the suite. */
export interface OpenJournal {
  readonly journal: Journal;
  /** Closes the journal and opens what it stored; absent when nothing outlives a journal. */
  reopen?(): Promise<Journal>;
  /** Closes what is open and removes what it left. */
  dispose(): Promise<void>;
}

/** Opens an empty journal with the suite's projection and upcasters. */
export type OpenForContract = (options: JournalOptions) => Promise<OpenJournal>;

function cell(value: unknown): string | number | null | undefined {
  return typeof value === 'string' || typeof value === 'number' || value === null
    ? value
    : undefined;
}

function cells(body: EventBody): Record<string, ChangeValue> {
  const set: Record<string, ChangeValue> = {};
  for (const column of ['state', 'count', 'ratio']) {
    const value = cell(body[column]);
    if (value !== undefined) set[column] = value;
  }
  if (typeof body['by'] === 'number') set['count'] = { increment: body['by'] };
  if (body['mark'] === true) set['at_seq'] = SEQ;
  return set;
}

/** Events `item.put`, `item.update` and `item.delete` change the row `id` of the table `item`. */
function itemChanges(event: NewEvent): readonly RowChange[] {
  const key = { id: typeof event.body['id'] === 'string' ? event.body['id'] : '' };
  switch (event.type) {
    case 'item.put':
      return [{ op: 'upsert', table: 'item', key, set: cells(event.body) }];
    case 'item.update':
      return [{ op: 'update', table: 'item', key, set: cells(event.body) }];
    case 'item.delete':
      return [{ op: 'delete', table: 'item', key }];
    default:
      return [];
  }
}

/** What every adapter is opened with. */
export const CONTRACT_OPTIONS: JournalOptions = {
  projections: [
    {
      name: 'items',
      version: 1,
      tables: [
        {
          name: 'item',
          key: { id: 'text' },
          columns: { state: 'text', count: 'integer', ratio: 'real', at_seq: 'integer' },
          indexes: [['state']],
        },
      ],
      apply: itemChanges,
    },
  ],
  upcasters: {
    greeting: [
      ({ text, ...rest }) => ({ ...rest, words: text ?? null }),
      ({ words, ...rest }) => ({ ...rest, words: [words ?? null] }),
    ],
  },
};

let streams = 0;

/** A stream that no other specification uses. */
export function freshStream(prefix = 'stream'): StreamId {
  return streamId(`${prefix}-${++streams}`);
}

/** A sequence number written as a literal. */
export function seq(value: number): EventSeq {
  const checked = eventSeq(value);
  if (checked === undefined) throw new RangeError(`${value} is no sequence number`);
  return checked;
}

export const note = (n: number | string): NewEvent => ({ type: 'note', body: { n } });

export const put = (id: string, body: EventBody): NewEvent => ({
  type: 'item.put',
  body: { id, ...body },
});

/** An append without a lease. */
export function outside(
  stream: StreamId,
  events: readonly NewEvent[],
  preconditions: readonly Precondition[] = [],
): AppendRequest {
  return { stream, events, authority: { kind: 'outside', preconditions } };
}

/** An append by the holder of a lease. */
export function owner(stream: StreamId, epoch: number, events: readonly NewEvent[]): AppendRequest {
  return { stream, events, authority: { kind: 'owner', epoch } };
}

/** Takes a lease that does not expire within the suite; gives its epoch. */
export async function lease(journal: Journal, stream: StreamId, holder = 'me'): Promise<number> {
  const result = await journal.acquireLease(stream, { holder, nowMs: 0, ttlMs: 1_000 });
  if (!result.ok) throw new Error(`the lease of ${stream} is held by ${result.holder}`);
  return result.epoch;
}

/** Appends what must succeed. */
export async function appended(
  journal: Journal,
  request: AppendRequest,
): Promise<Extract<AppendResult, { ok: true }>> {
  const result = await journal.append(request);
  if (!result.ok) throw new Error(`append to ${request.stream} refused: ${result.reason}`);
  return result;
}

/** All of a stream, by pages. */
export function readWhole(journal: Journal, stream: StreamId): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = journal.read(stream, { after: seq(events.length), limit: 500 });
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** What an event's line says. */
export function parsed(event: StoredEvent | undefined): unknown {
  return event === undefined ? undefined : JSON.parse(event.json);
}
