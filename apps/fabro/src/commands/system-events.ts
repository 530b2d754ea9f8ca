/** `fabro system events` and `fabro system info`. */
import type { AnyEvent } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { formatDuration } from '../render/format.js';
import { connectAloud } from './attach.js';
import { eventLine } from './logs.js';

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
  const print = (event: AnyEvent): void =>
    io.stdout.write(
      context.json ? `${JSON.stringify(event)}\n` : `${event.run_id}  ${eventLine(event)}\n`,
    );
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
