/** Events of a run, as short as tests can read them. */
import type { AnyEvent, EventScope, EventType } from '@fabro/protocol';

export const RUN = '01JNQVR7M0EJ5GKAT2SC4ERS1Z';
const START = Date.parse('2026-01-31T12:00:00Z');

export interface Script {
  (
    atMs: number,
    event: EventType | (string & {}),
    properties?: AnyEvent['properties'],
    scope?: EventScope,
  ): AnyEvent;
}

/** Makes events with rising sequence numbers; `atMs` counts from 12:00:00. */
export function script(): Script {
  let seq = 0;
  return (atMs, event, properties = {}, scope = {}) => ({
    seq: ++seq,
    id: `event-${seq}`,
    ts: new Date(START + atMs).toISOString(),
    run_id: RUN,
    event,
    properties,
    ...scope,
  });
}

export const at = (ms: number) => START + ms;

/** Scope of the first visit of a node in the root frame. */
export function stage(node: string, label: string, frame = 'root'): EventScope {
  return { node_id: node, node_label: label, stage_id: `${node}@1`, frame_id: frame };
}

export const started = (handler: string, attempt = 1, max = 1) => ({
  index: 0,
  handler_type: handler,
  attempt,
  max_attempts: max,
});

export const completed = (durationMs: number, extra: AnyEvent['properties'] = {}) => ({
  status: 'succeeded',
  index: 0,
  duration_ms: durationMs,
  attempt: 1,
  max_attempts: 1,
  ...extra,
});

export const usage = (usdMicros: number) => ({
  input_tokens: 1200,
  output_tokens: 300,
  reasoning_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  total_usd_micros: usdMicros,
});
