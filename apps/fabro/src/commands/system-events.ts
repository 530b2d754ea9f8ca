/** `fabro system events` and `fabro system info`. */
import type { AnyEvent } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { formatDuration, localTime } from '../render/format.js';
import { logPrinter, type LogPrinter } from '../render/log-printer.js';
import { paintFor } from '../render/paint.js';
import { connectAloud } from './attach.js';

export interface SystemEventsOptions extends ServerFlags {
  /** Runs to follow; all when none is named. */
  readonly runId?: readonly string[];
}

/** Prints the events of several runs as they are stored, until Ctrl-C (exit code 0). */
export async function eventsCommand(
  context: Context,
  options: SystemEventsOptions,
): Promise<number> {
  const { io } = context;
  const { api } = await connectAloud(context, options);
  const runs: string[] = [];
  for (const run of options.runId ?? []) runs.push((await api.resolveRun(run)).run_id);
  const stop = new AbortController();
  const offInterrupt = io.onInterrupt(() => stop.abort());
  const lines = runLines(context);
  const print = (event: AnyEvent): void =>
    context.json ? printJson(io, event) : printLines(io, lines(event));
  say(context, `Following ${runs.length === 0 ? 'all runs' : runs.join(', ')}; Ctrl-C ends it.`);
  try {
    const wanted = runs.length === 0 ? {} : { runs };
    for await (const event of api.followAll({ ...wanted, signal: stop.signal })) print(event);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    offInterrupt();
  }
  return 0;
}

/** Lines of events of many runs, each with its run; what is known of a run is forgotten with its end. */
function runLines({ io, verbose }: Context): (event: AnyEvent) => readonly string[] {
  const printers = new Map<string, LogPrinter>();
  return (event) => {
    const printer =
      printers.get(event.run_id) ??
      logPrinter({
        paint: paintFor(io.stdout, io.env),
        verbose,
        columns: () => undefined,
        timeOfDay: localTime,
      });
    if (event.event === 'run.completed' || event.event === 'run.failed')
      printers.delete(event.run_id);
    else printers.set(event.run_id, printer);
    return printer.event(event).map((line) => `${event.run_id}  ${line}`);
  };
}

/** Prints what the server is and what it has to do. */
export async function infoCommand(context: Context, options: ServerFlags): Promise<number> {
  const { api } = await connectAloud(context, options);
  const info = await api.systemInfo();
  if (context.json) {
    printJson(context.io, {
      version: info.version,
      server_url: info.serverUrl,
      pid: info.pid,
      os: info.os,
      arch: info.arch,
      storage_engine: info.storageEngine,
      storage_dir: info.storageDir,
      uptime_secs: info.uptimeSecs,
      runs: info.runs,
      sandbox_provider: info.sandboxProvider,
    });
    return 0;
  }
  const fields = [
    ['Version', info.version],
    ['Address', info.serverUrl],
    ['Process', `${info.pid} (${info.os}, ${info.arch})`],
    ['Up for', formatDuration(info.uptimeSecs * 1000)],
    ['Runs', `${info.runs.active} under way, ${info.runs.total} in all`],
    ['Storage', `${info.storageDir} (${info.storageEngine})`],
    ['Sandbox', info.sandboxProvider],
  ] as const;
  printLines(
    context.io,
    fields.map(([name, value]) => `${`${name}:`.padEnd(9)} ${value}`),
  );
  return 0;
}
