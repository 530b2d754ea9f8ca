/** The one place that puts `seq` into an event's text and brings old shapes up to date. */
import { JsonObject } from '@fabro/protocol';
import type { EventBody, Upcasters } from './port.js';

/** The text that is stored: the event without `seq`. */
export function encodeBody(body: EventBody): string {
  return JSON.stringify(body);
}

/** The text that is read: `{"seq":N,…}`. */
export function eventLine(seq: number, body: string): string {
  return body === '{}' ? `{"seq":${seq}}` : `{"seq":${seq},${body.slice(1)}`;
}

/** Applies the upcasters of a type to a stored body; returns the same text when nothing is to be done. */
export function upcast(type: string, body: string, upcasters: Upcasters): string {
  const steps = upcasters[type];
  if (steps === undefined || steps.length === 0) return body;
  let value = JsonObject.parse(JSON.parse(body));
  const version = typeof value['v'] === 'number' ? value['v'] : 1;
  if (version > steps.length) return body;
  for (let v = version; v <= steps.length; v++) {
    const step = steps[v - 1];
    if (step !== undefined) value = { ...step(value), v: v + 1 };
  }
  return encodeBody(value);
}
