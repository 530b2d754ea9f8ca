/** Read before write: an agent replaces only what it has seen (§10). */
import { isScratch } from '../paths.js';
import { type ToolContext, type ToolOutcome, refusal } from './tool.js';

/** The refusal when an existing file would be written unread; undefined when it may be written. */
export function unreadRefusal(
  context: ToolContext,
  target: { readonly path: string; readonly place: string; readonly exists: boolean },
): ToolOutcome | undefined {
  if (!target.exists || isScratch(target.place) || context.hasRead(target.place)) return undefined;
  return refusal(
    `Cannot write to '${target.path}': file exists but has not been read. ` +
      'Use read_file to read the file before writing to it.',
  );
}
