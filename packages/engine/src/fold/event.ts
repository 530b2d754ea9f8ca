/** What the fold reads, and what it throws. */
import { ROOT_FRAME, type EventDraft, type EventType, type FrameId } from '@fabro/protocol';
import type { Phase } from '../state.js';

/** What the fold reads of an event: a draft with its time; `seq` once it is committed. */
export type FoldedEvent = EventDraft & { readonly ts: string; readonly seq?: number };

/** A folded event of one type. */
export type Folded<T extends EventType> = Extract<FoldedEvent, { event: EventType & T }>;

/** An event that contradicts the ones before it. */
export class ImpossibleEvent extends Error {
  override readonly name = 'ImpossibleEvent';
}

/** The frame of an event; events of releases and stages without one belong to the root. */
export function frameIdOf(event: { readonly frame_id?: string | undefined }): FrameId {
  return (event.frame_id ?? ROOT_FRAME) as FrameId;
}

/** A phase in the words of an error. */
export function describe(phase: Phase): string {
  switch (phase.kind) {
    case 'at':
      return `at ${phase.node}`;
    case 'running':
    case 'waiting':
    case 'settled':
      return `${phase.kind} in ${phase.stage.stageId}`;
    case 'preparing':
    case 'ended':
      return phase.kind;
  }
}
