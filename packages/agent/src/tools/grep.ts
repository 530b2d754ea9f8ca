import { z } from 'zod';
import { GREP_DEFAULT_RESULTS, GREP_LINE_CHARS, GREP_MAX_RESULTS, TEXT_LIMITS } from '../limits.js';
import { placeOf } from '../paths.js';
import { type ToolOutcome, defineTool } from './tool.js';

export const grep = defineTool({
  name: 'grep',
  description:
    'Searches file contents with a regular expression. Gives `path:line:text`, one match a line.',
  schema: z.object({
    pattern: z.string().min(1).describe('Regular expression.'),
    path: z.string().min(1).optional().describe('File or folder. Default: the working directory.'),
    glob_filter: z.string().min(1).optional().describe('Only files like this, such as `*.ts`.'),
    case_insensitive: z.boolean().optional().describe('Default false.'),
    max_results: z
      .number()
      .int()
      .positive()
      .optional()
      .describe(`Most matches. Default ${GREP_DEFAULT_RESULTS}.`),
  }),
  limit: TEXT_LIMITS.grep,
  act: (args, workdir) => ({
    recovery: 'repeat',
    async run({ sandbox, signal }): Promise<ToolOutcome> {
      const matches = await sandbox.grep(args.pattern, {
        ...(args.path === undefined ? {} : { path: args.path }),
        ...(args.glob_filter === undefined ? {} : { glob: args.glob_filter }),
        caseInsensitive: args.case_insensitive ?? false,
        limit: Math.min(args.max_results ?? GREP_DEFAULT_RESULTS, GREP_MAX_RESULTS),
        signal,
      });
      if (matches.length === 0) return { text: 'No matches found.', isError: false };
      return {
        text: matches.map((m) => `${m.path}:${m.line}:${shorten(m.text)}`).join('\n'),
        isError: false,
        filesRead: [...new Set(matches.map((m) => placeOf(workdir, m.path)))],
      };
    },
  }),
});

function shorten(line: string): string {
  return line.length > GREP_LINE_CHARS ? `${line.slice(0, GREP_LINE_CHARS)}…` : line;
}
