/** `fabro start`, `cancel`, `pause` and `unpause`: one request about one run. */
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, say } from '../context.js';
import { connectAloud } from './attach.js';

export type ControlOptions = ServerFlags;

/** Starts a created run and does not follow it. */
export async function startCommand(
  context: Context,
  run: string,
  options: ControlOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  const status = await api.startRun(id, false);
  if (context.json) printJson(context.io, status);
  else say(context, `Run ${id} is ${status.status}. Follow it with \`fabro attach ${id}\`.`);
  return 0;
}

/** Asks the server to cancel, pause or go on; the run does it when it can. */
export async function controlCommand(
  context: Context,
  action: 'cancel' | 'pause' | 'unpause',
  run: string,
  options: ControlOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  const status = await api.controlRun(id, action);
  if (context.json) printJson(context.io, status);
  else {
    const pending =
      status.pending_control === undefined ? '' : `; ${status.pending_control} is under way`;
    say(context, `Run ${id} is ${status.status}${pending}.`);
  }
  return 0;
}
