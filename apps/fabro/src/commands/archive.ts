/** `fabro archive` and `fabro unarchive`: put ended runs away, and back. */
import { messageOf } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, say } from '../context.js';
import { connectAloud } from './attach.js';

/** Archives or restores what can be, and names the rest; 1 when something is left. */
export async function archiveCommand(
  context: Context,
  action: 'archive' | 'unarchive',
  runs: readonly string[],
  options: ServerFlags,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const done: string[] = [];
  const errors: { readonly identifier: string; readonly error: string }[] = [];
  for (const selector of runs) {
    try {
      const { run_id: id } = await api.resolveRun(selector);
      await (action === 'archive' ? api.archiveRun(id) : api.unarchiveRun(id));
      done.push(id);
      say(context, `${action === 'archive' ? 'Archived' : 'Restored'} ${id}.`);
    } catch (error) {
      errors.push({ identifier: selector, error: messageOf(error) });
      if (!context.json) context.io.stderr.write(`error: ${selector}: ${messageOf(error)}\n`);
    }
  }
  if (context.json) printJson(context.io, { [`${action}d`]: done, errors });
  return errors.length === 0 ? 0 : 1;
}
