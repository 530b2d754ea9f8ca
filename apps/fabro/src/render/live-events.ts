/** Live events as they come over the wire; anything else gives undefined and is not shown. */
import { z } from 'zod';

const scope = { stage_id: z.string().optional(), frame_id: z.string().optional() };

const Live = z.discriminatedUnion('event', [
  z.object({ ...scope, event: z.literal('agent.output.start'), properties: z.looseObject({}) }),
  z.object({
    ...scope,
    event: z.literal('agent.text.delta'),
    properties: z.object({ delta: z.string() }),
  }),
  z.object({
    ...scope,
    event: z.literal('agent.output.replace'),
    properties: z.object({ text: z.string() }),
  }),
  z.object({
    ...scope,
    event: z.enum(['command.output.delta', 'agent.tool.output.delta']),
    properties: z.object({ delta: z.string() }),
  }),
]);

export type ShownLiveEvent = z.infer<typeof Live>;

/** Parses a live event that has something to show. */
export function parseLiveEvent(value: unknown): ShownLiveEvent | undefined {
  const parsed = Live.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
