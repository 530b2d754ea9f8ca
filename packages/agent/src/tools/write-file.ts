import { z } from 'zod';
import { TEXT_LIMITS } from '../limits.js';
import { placeOf } from '../paths.js';
import { hashOf, readIfThere } from './file-contents.js';
import { type FilePlan, defineTool } from './tool.js';
import { unreadRefusal } from './write-rule.js';

export const writeFile = defineTool({
  name: 'write_file',
  description:
    'Writes a whole file, creating it and its folders when needed. An existing file must have been read ' +
    'before. To change a part of a file use edit_file.',
  schema: z.object({
    file_path: z.string().min(1).describe('Absolute, or relative to the working directory.'),
    content: z.string().describe('The complete new contents.'),
  }),
  limit: TEXT_LIMITS.write_file,
  act(args, workdir) {
    const place = placeOf(workdir, args.file_path);
    return {
      recovery: 'reconcile',
      place,
      async plan(context): Promise<FilePlan> {
        const before = await readIfThere(context.sandbox, args.file_path);
        const refused = unreadRefusal(context, {
          path: args.file_path,
          place,
          exists: before !== undefined,
        });
        if (refused !== undefined) return { kind: 'refuse', outcome: refused };
        const after = new TextEncoder().encode(args.content);
        return {
          kind: 'write',
          place,
          beforeHash: before === undefined ? null : hashOf(before),
          after,
          outcome: {
            text: `Wrote ${after.length} bytes to ${args.file_path}.`,
            isError: false,
            filesRead: [place],
            filesTouched: [place],
          },
        };
      },
    };
  },
});
