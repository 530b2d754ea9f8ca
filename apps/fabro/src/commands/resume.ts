/** `fabro resume`: go on with a run from its last checkpoint. */
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { connectAloud, followToEnd } from './attach.js';

export interface ResumeOptions extends ServerFlags {
  readonly detach?: boolean;
}

/** Resumes; follows unless `--detach`. */
export async function resumeCommand(
  context: Context,
  run: string,
  options: ResumeOptions,
): Promise<number> {
  const connection = await connectAloud(context, options);
  const { run_id: id } = await connection.api.resolveRun(run);
  await connection.api.startRun(id, true);
  if (options.detach === true) {
    if (context.json) printJson(context.io, { run_id: id });
    else printLines(context.io, [id]);
    return 0;
  }
  say(context, `Run: ${id}`);
  return followToEnd(context, connection, id);
}
