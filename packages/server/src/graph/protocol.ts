/** What the layout worker is asked and what it answers. */
import { z } from 'zod';

export const LayoutRequest = z.object({ id: z.number().int(), dot: z.string() });
export type LayoutRequest = z.infer<typeof LayoutRequest>;

export const LayoutAnswer = z.union([
  z.object({ id: z.number().int(), svg: z.string() }),
  z.object({ id: z.number().int(), error: z.string() }),
]);
export type LayoutAnswer = z.infer<typeof LayoutAnswer>;
