/** Appends from outside of a run: without a lease, with preconditions, and with reasons for the loser. */
import {
  FabroError,
  isoTime,
  runStream,
  type Actor,
  type Clock,
  type EventDraft,
  type IdSource,
  type RunId,
} from '@fabro/protocol';
import type { AppendResult, Blob, Journal, Precondition } from '@fabro/journal';

export interface OutsidePorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export interface OutsideAppend {
  readonly run: RunId;
  readonly drafts: readonly EventDraft[];
  readonly preconditions: readonly Precondition[];
  readonly actor?: Actor;
  readonly blobs?: readonly Blob[];
}

/** Appends, or says which precondition did not hold. */
export function appendOutside(ports: OutsidePorts, request: OutsideAppend): Promise<AppendResult> {
  const ts = isoTime(ports.clock.now());
  const events = request.drafts.map((draft) => {
    const { event, properties, ...scope } = draft;
    const body = {
      id: ports.ids.uuid(),
      ts,
      run_id: request.run,
      event,
      ...scope,
      ...(request.actor === undefined ? {} : { actor: request.actor }),
      properties,
    };
    return { type: event, body };
  });
  return ports.journal.append({
    stream: runStream(request.run),
    authority: { kind: 'outside', preconditions: request.preconditions },
    events,
    ...(request.blobs === undefined ? {} : { blobs: request.blobs }),
  });
}

/** The run's status is one of these. */
export function statusIn(...statuses: readonly string[]): Precondition {
  return { kind: 'row', table: 'runs', key: {}, column: 'status', in: statuses };
}

/** The run is archived (1), or is not (0). */
export function archivedIs(archived: 0 | 1): Precondition {
  return { kind: 'row', table: 'runs', key: {}, column: 'archived', in: [archived] };
}

/** No cancel has been asked for. */
export const NOT_CANCELLING: Precondition = {
  kind: 'row',
  table: 'runs',
  key: {},
  column: 'cancelling',
  in: [null, 0],
};

/** No control request waits. */
export const NOTHING_PENDING: readonly Precondition[] = [
  { kind: 'row', table: 'runs', key: {}, column: 'pending', in: [null] },
  NOT_CANCELLING,
];

export function conflict(message: string): FabroError {
  return new FabroError('conflict', message);
}
