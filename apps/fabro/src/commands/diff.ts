/** `fabro diff`: what a run, or the latest stage of a node, changed. */
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, say } from '../context.js';
import { connectAloud } from './attach.js';

export interface DiffOptions extends ServerFlags {
  readonly node?: string;
}

/** Prints the patch as git made it, so that `git apply` takes it. */
export async function diffCommand(
  context: Context,
  run: string,
  options: DiffOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  const diff = await api.diff(id, options.node === undefined ? {} : { node: options.node });
  if (context.json) {
    printJson(context.io, diff);
    return 0;
  }
  context.io.stdout.write(diff.patch);
  const what = diff.stage_id === undefined ? 'The run' : `Stage ${diff.stage_id}`;
  if (diff.patch === '') say(context, `${what} changed nothing.`);
  if (diff.truncated)
    say(context, `The patch is cut; git has the whole: git diff ${diff.from_sha} ${diff.to_sha}`);
  return 0;
}
