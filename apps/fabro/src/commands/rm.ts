/** `fabro rm`: delete runs. */
import { messageOf } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, say } from '../context.js';
import { connectAloud } from './attach.js';

export interface RmOptions extends ServerFlags {
  readonly force?: boolean;
}

/** Deletes what can be deleted and names the rest; 1 when something is left. */
export async function rmCommand(
  context: Context,
  runs: readonly string[],
  options: RmOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const removed: string[] = [];
  const errors: { readonly identifier: string; readonly error: string }[] = [];
  for (const selector of runs) {
    try {
      const { run_id: id } = await api.resolveRun(selector);
      await api.removeRun(id, options.force === true);
      removed.push(id);
      if (!context.json) say(context, `Removed ${id}.`);
    } catch (error) {
      errors.push({ identifier: selector, error: messageOf(error) });
      if (!context.json) context.io.stderr.write(`error: ${selector}: ${messageOf(error)}\n`);
    }
  }
  if (context.json) printJson(context.io, { removed, errors });
  return errors.length === 0 ? 0 : 1;
}
