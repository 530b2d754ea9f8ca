/** The table `cli`: how the command line finds its server and prints (engine reference §12). */
import { z } from 'zod';
import { flag, mcps, permissions, text } from './values.js';

export const CliTable = z.strictObject({
  target: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('http'), url: z.string() }),
      z.strictObject({ type: z.literal('unix'), path: z.string() }),
    ])
    .optional(),
  auth: z.strictObject({ strategy: z.enum(['none', 'jwt']).optional() }).optional(),
  exec: z
    .strictObject({
      prevent_idle_sleep: flag,
      model: z.strictObject({ provider: text, name: text }).optional(),
      agent: z.strictObject({ permissions, mcps }).optional(),
    })
    .optional(),
  output: z
    .strictObject({
      format: z.enum(['text', 'json']).optional(),
      verbosity: z.enum(['quiet', 'normal', 'verbose']).optional(),
    })
    .optional(),
  updates: z.strictObject({ check: flag }).optional(),
  logging: z.strictObject({ level: text }).optional(),
});
