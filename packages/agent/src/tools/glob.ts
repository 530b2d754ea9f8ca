import { posix } from 'node:path';
import { z } from 'zod';
import { GLOB_MAX_RESULTS, TEXT_LIMITS } from '../limits.js';
import { type ToolOutcome, defineTool } from './tool.js';

export const glob = defineTool({
  name: 'glob',
  description:
    'Lists files whose path matches a pattern such as `src/**/*.ts`, the newest first, one a line.',
  schema: z.object({
    pattern: z.string().min(1).describe('Pattern with `*`, `**`, `?` and `{a,b}`.'),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('Folder to search in. Default: the working directory.'),
  }),
  limit: TEXT_LIMITS.glob,
  act: (args) => ({
    recovery: 'repeat',
    async run({ sandbox, signal }): Promise<ToolOutcome> {
      const folder = args.path;
      const found = await sandbox.glob(args.pattern, {
        ...(folder === undefined ? {} : { path: folder }),
        limit: GLOB_MAX_RESULTS,
        signal,
      });
      if (found.length === 0) return { text: 'No files found.', isError: false };
      // Relative to the working directory, as the other tools take them.
      const paths = folder === undefined ? found : found.map((path) => posix.join(folder, path));
      return { text: paths.join('\n'), isError: false };
    },
  }),
});
