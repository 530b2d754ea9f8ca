import { z } from 'zod';
import { FILE_MAX_BYTES, READ_DEFAULT_LINES, TEXT_LIMITS } from '../limits.js';
import { placeOf } from '../paths.js';
import { isBinary } from './file-contents.js';
import { type ToolOutcome, defineTool, refusal } from './tool.js';

export const readFile = defineTool({
  name: 'read_file',
  description:
    'Reads a text file. Every line comes as `N | line` with its number, counted from 1; the prefix is not ' +
    'part of the file. Read a file before you change it.',
  schema: z.object({
    file_path: z.string().min(1).describe('Absolute, or relative to the working directory.'),
    offset: z.number().int().min(0).optional().describe('First line, counted from 1. Default 1.'),
    limit: z
      .number()
      .int()
      .positive()
      .optional()
      .describe(`Most lines. Default ${READ_DEFAULT_LINES}.`),
  }),
  limit: TEXT_LIMITS.read_file,
  act(args, workdir) {
    const place = placeOf(workdir, args.file_path);
    return {
      recovery: 'repeat',
      place,
      async run({ sandbox }): Promise<ToolOutcome> {
        const bytes = await sandbox.readFile(args.file_path, { maxBytes: FILE_MAX_BYTES });
        if (isBinary(bytes))
          return refusal(
            `'${args.file_path}' is a binary file of ${bytes.length} bytes; read_file shows text only. ` +
              'Use shell with a program that knows the format.',
          );
        return {
          text: numbered(
            new TextDecoder().decode(bytes),
            Math.max(1, args.offset ?? 1),
            args.limit ?? READ_DEFAULT_LINES,
          ),
          isError: false,
          filesRead: [place],
        };
      },
    };
  },
});

/** Lines `first` to `first + most - 1`, numbered from 1 and right-aligned. */
function numbered(text: string, first: number, most: number): string {
  if (text === '') return '(the file is empty)';
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (first > lines.length) return `(there is no line ${first}; the last line is ${lines.length})`;
  const last = Math.min(lines.length, first - 1 + most);
  const width = String(last).length;
  const shown = lines
    .slice(first - 1, last)
    .map((line, i) => `${String(first + i).padStart(width)} | ${line.replace(/\r$/, '')}`);
  if (last < lines.length)
    shown.push(`(lines ${last + 1} to ${lines.length} are not shown; use offset and limit)`);
  return shown.join('\n');
}
