/** `fabro attach`: show a run from its start and follow it. */
import { type Connection, type ServerFlags, connect } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { follow } from '../follow/follow.js';
import { paintFor } from '../render/paint.js';
import { resultLines } from '../render/result.js';

export type AttachOptions = ServerFlags;

/** Exit code when the user let go of a run that goes on; the shell's own for Ctrl-C. */
export const DETACHED = 130;

/** Follows a run; 0 when it succeeded, 1 when it did not, 130 when Ctrl-C detached. */
export async function attachCommand(
  context: Context,
  run: string,
  options: AttachOptions,
): Promise<number> {
  const connection = await connectAloud(context, options);
  const { run_id: id } = await connection.api.resolveRun(run);
  say(context, `Run: ${id}`);
  return followToEnd(context, connection, id);
}

/** Connects and says so when a server had to be started. */
export async function connectAloud(context: Context, flags: ServerFlags): Promise<Connection> {
  const connection = await connect(context.io, flags, never());
  if (connection.started !== undefined)
    say(
      context,
      `Started the local server (pid ${connection.started.pid}, ${connection.started.address}).`,
    );
  return connection;
}

/** Follows a run and prints how it ended: the result block, or one JSON object. */
export async function followToEnd(
  context: Context,
  connection: Connection,
  id: string,
  { autoApproved = false }: { readonly autoApproved?: boolean } = {},
): Promise<number> {
  const { io } = context;
  const followed = await follow(io, connection, id, {
    verbose: context.verbose,
    autoApproved,
    quiet: context.quiet || context.json,
    signal: never(),
  });
  if (followed.kind === 'detached') {
    if (context.json) printJson(io, { run_id: id, detached: true });
    else
      io.stderr.write(
        `Detached; run ${id} goes on.\n  come back:  fabro attach ${id}\n  stop it:    fabro cancel ${id}\n`,
      );
    return DETACHED;
  }
  const { view, end } = followed;
  const succeeded = end.status === 'succeeded' || end.status === 'partially_succeeded';
  if (context.json)
    printJson(io, {
      run_id: id,
      status: succeeded ? 'completed' : end.status,
      status_reason: end.reason,
      duration_ms: end.durationMs,
      ...(view.totals.usage?.total_usd_micros === undefined
        ? {}
        : { total_usd_micros: view.totals.usage.total_usd_micros }),
      ...(end.error === undefined ? {} : { error: { message: end.error } }),
      ...(view.branch === undefined ? {} : { run_branch: view.branch }),
      ...(end.commit === undefined ? {} : { final_git_commit_sha: end.commit }),
      ...(view.output === undefined ? {} : { output: view.output }),
    });
  else printLines(io, ['', ...resultLines(view, end, paintFor(io.stdout, io.env))]);
  return succeeded ? 0 : 1;
}

/** A signal for waits that nothing but the end of the process cuts short. */
export function never(): AbortSignal {
  return new AbortController().signal;
}
