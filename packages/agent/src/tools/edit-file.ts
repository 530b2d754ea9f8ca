import { z } from 'zod';
import { TEXT_LIMITS } from '../limits.js';
import { placeOf } from '../paths.js';
import { asText, hashOf, isBinary, readIfThere } from './file-contents.js';
import { replaceText } from './replace-text.js';
import { type FilePlan, defineTool, refusal } from './tool.js';
import { unreadRefusal } from './write-rule.js';

export const editFile = defineTool({
  name: 'edit_file',
  description:
    'Replaces text in a file that has been read. old_string must be exactly the text of the file, blanks ' +
    'included, without the line numbers of read_file, and must occur once unless replace_all is true.',
  schema: z.object({
    file_path: z.string().min(1).describe('Absolute, or relative to the working directory.'),
    old_string: z.string().describe('The text to replace.'),
    new_string: z.string().describe('The text to put there.'),
    replace_all: z.boolean().optional().describe('Replace every occurrence. Default false.'),
  }),
  limit: TEXT_LIMITS.edit_file,
  act(args, workdir) {
    const place = placeOf(workdir, args.file_path);
    return {
      recovery: 'reconcile',
      place,
      async plan(context): Promise<FilePlan> {
        const refuse = (text: string): FilePlan => ({ kind: 'refuse', outcome: refusal(text) });
        const before = await readIfThere(context.sandbox, args.file_path);
        if (before === undefined)
          return refuse(`'${args.file_path}' does not exist; use write_file to create it.`);
        const unread = unreadRefusal(context, { path: args.file_path, place, exists: true });
        if (unread !== undefined) return { kind: 'refuse', outcome: unread };
        const text = isBinary(before) ? undefined : asText(before);
        if (text === undefined)
          return refuse(`'${args.file_path}' is no UTF-8 text; edit_file changes text files only.`);
        const replaced = replaceText(text, {
          oldString: args.old_string,
          newString: args.new_string,
          all: args.replace_all ?? false,
        });
        if (!replaced.ok) return refuse(replaced.message);
        const times = replaced.count === 1 ? '1 occurrence' : `${replaced.count} occurrences`;
        return {
          kind: 'write',
          place,
          beforeHash: hashOf(before),
          after: new TextEncoder().encode(replaced.text),
          outcome: {
            text: `Replaced ${times} in ${args.file_path}.`,
            isError: false,
            filesRead: [place],
            filesTouched: [place],
          },
        };
      },
    };
  },
});
