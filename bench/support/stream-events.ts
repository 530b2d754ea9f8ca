/** The events that are streamed to many: what four stages of a run record. */
import { isoTime, systemIds, type RunId } from '@fabro/protocol';

/** Stands in the last event, and in no other. */
export const STREAM_END = '"note":"the last event"';

/** Events of one append: as many as a stage has. */
export const EVENTS_PER_APPEND = 4;

export function streamedEvents(
  run: RunId,
  append: number,
  last: boolean,
): readonly { readonly type: string; readonly body: Readonly<Record<string, unknown>> }[] {
  return Array.from({ length: EVENTS_PER_APPEND }, (_, i) => ({
    type: 'checkpoint.completed',
    body: {
      id: systemIds.uuid(),
      ts: isoTime(Date.now()),
      run_id: run,
      event: 'checkpoint.completed',
      node_id: `node-${i}`,
      node_label: `Node ${i}`,
      stage_id: `node-${i}@${append}`,
      properties: {
        status: 'succeeded',
        current_node: `node-${i}`,
        next_node_id: `node-${i + 1}`,
        ...(last && i === EVENTS_PER_APPEND - 1 ? { note: 'the last event' } : {}),
      },
    },
  }));
}
