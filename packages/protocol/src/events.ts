/**
 * The events of a run. The envelope is the same for all; `properties` depends on `event`. Durable events
 * lie in the journal and have a `seq`; live ones are only streamed. An event that starts or ends a call
 * says so in `call` and `call_phase`: the public event is the record of the durable call.
 */
import { z } from 'zod';
import { EVENT_PROPERTIES, type EventProperties, type EventType } from './event-properties.js';
import { Actor } from './principal.js';

/** Envelope fields that the writer of an event chooses. */
export const EventScope = z.object({
  session_id: z.string().optional(),
  parent_session_id: z.string().optional(),
  node_id: z.string().optional(),
  node_label: z.string().optional(),
  stage_id: z.string().optional(),
  frame_id: z.string().optional(),
  parallel_group_id: z.string().optional(),
  parallel_branch_id: z.string().optional(),
  tool_call_id: z.string().optional(),
  actor: Actor.optional(),
  call: z.string().optional(),
  call_phase: z.enum(['started', 'ended']).optional(),
});
export type EventScope = z.infer<typeof EventScope>;

/** An event before it has an id, a time and a sequence number. */
export type EventDraft<T extends EventType = EventType> = {
  [K in T]: EventScope & { readonly event: K; readonly properties: EventProperties[K] };
}[T];

/** A durable event as it is stored, streamed and listed. */
export type RunEvent<T extends EventType = EventType> = {
  [K in T]: EventScope & {
    readonly seq: number;
    readonly id: string;
    readonly ts: string;
    readonly run_id: string;
    /** Version of this event's shape; absent means 1. */
    readonly v?: number;
    readonly event: K;
    readonly properties: EventProperties[K];
  };
}[T];

/** The envelope with properties unread: what readers accept from any release. */
export const AnyEvent = EventScope.extend({
  seq: z.number().int().positive(),
  id: z.string(),
  ts: z.string(),
  run_id: z.string(),
  v: z.number().int().positive().optional(),
  event: z.string(),
  properties: z.record(z.string(), z.json()),
}).loose();
export type AnyEvent = z.infer<typeof AnyEvent>;

/** True when this release knows the event. */
export function isKnownEvent(name: string): name is EventType {
  return Object.hasOwn(EVENT_PROPERTIES, name);
}

/**
 * Narrows an event read from outside to a known one with parsed properties; undefined for an unknown name.
 * Throws a ZodError when a known event does not have its shape.
 */
export function parseRunEvent(event: AnyEvent): RunEvent | undefined {
  if (!isKnownEvent(event.event)) return undefined;
  const properties = EVENT_PROPERTIES[event.event].parse(event.properties);
  return { ...event, properties } as RunEvent;
}

/**
 * Events that are streamed and never stored. A block is one run of text of one session; `block_id` and
 * `index` order its deltas. Whoever connects while a block is open gets it whole as `agent.output.replace`.
 */
export type LiveEvent = EventScope & { readonly ts: string; readonly run_id: string } & (
    | { readonly event: 'agent.output.start'; readonly properties: { readonly block_id: string } }
    | {
        readonly event: 'agent.text.delta' | 'agent.reasoning.delta';
        readonly properties: {
          readonly block_id: string;
          readonly index: number;
          readonly delta: string;
        };
      }
    | {
        readonly event: 'agent.output.replace';
        readonly properties: {
          readonly block_id: string;
          readonly index: number;
          readonly text: string;
          readonly reasoning?: string;
        };
      }
    | {
        readonly event: 'agent.tool.output.delta' | 'command.output.delta';
        readonly properties: { readonly stream: 'stdout' | 'stderr'; readonly delta: string };
      }
  );
