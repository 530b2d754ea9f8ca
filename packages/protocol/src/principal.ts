/** Who asks, or who did it: the `actor` of an event. */
import { z } from 'zod';

export const Actor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user'), login: z.string() }),
  z.object({
    kind: z.literal('agent'),
    session_id: z.string().optional(),
    model: z.string().optional(),
  }),
  z.object({ kind: z.literal('system'), system_kind: z.enum(['engine', 'watchdog', 'timeout']) }),
  z.object({ kind: z.literal('anonymous') }),
]);
export type Actor = z.infer<typeof Actor>;
