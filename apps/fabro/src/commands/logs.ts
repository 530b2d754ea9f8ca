/** `fabro logs`: what happened in a run, line by line. */
import { type AnyEvent, FabroError } from '@fabro/protocol';
import { parseDuration } from '@fabro/settings';
import type { Api } from '../api.js';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines } from '../context.js';
import { PAGE_EVENTS } from '../limits.js';
import { localTime } from '../render/format.js';
import { logPrinter } from '../render/log-printer.js';
import { paintFor } from '../render/paint.js';
import { connectAloud } from './attach.js';

export interface LogsOptions extends ServerFlags {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly since?: string;
}

/** Prints what is there, then follows if asked; Ctrl-C ends the following with code 0. */
export async function logsCommand(
  context: Context,
  run: string,
  options: LogsOptions,
): Promise<number> {
  const { io } = context;
  const since = options.since === undefined ? undefined : sinceTime(options.since, io.clock.now());
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  const wanted = (event: AnyEvent) => since === undefined || Date.parse(event.ts) >= since;
  const printer = logPrinter({
    paint: paintFor(io.stdout, io.env),
    verbose: context.verbose,
    columns: () => (io.stdout.isTTY ? io.stdout.columns : undefined),
    timeOfDay: localTime,
  });
  const print = (event: AnyEvent) =>
    context.json ? printJson(io, event) : printLines(io, printer.event(event));

  const last = await replay(api, id, wanted, options.tail, print);
  if (options.follow !== true || last.ended) return 0;
  const stop = new AbortController();
  const offInterrupt = io.onInterrupt(() => stop.abort());
  try {
    for await (const item of api.attach(id, last.seq + 1, stop.signal)) {
      if (item.kind === 'live') {
        if (!context.json) printLines(io, printer.live(item.event));
      } else if (wanted(item.event)) print(item.event);
    }
  } catch (error) {
    // The run may have ended between the last page and the stream: nothing is left to send.
    const nothingLeft = error instanceof FabroError && error.code === 'gone';
    if (!stop.signal.aborted && !nothingLeft) throw error;
  } finally {
    offInterrupt();
  }
  return 0;
}

async function replay(
  api: Api,
  id: string,
  wanted: (event: AnyEvent) => boolean,
  tail: number | undefined,
  print: (event: AnyEvent) => void,
): Promise<{ readonly seq: number; readonly ended: boolean }> {
  const kept: AnyEvent[] = [];
  let last: AnyEvent | undefined;
  let ended = false;
  for (;;) {
    const page = await api.events(id, (last?.seq ?? 0) + 1, PAGE_EVENTS);
    for (const event of page.data) {
      last = event;
      if (event.event === 'run.completed' || event.event === 'run.failed') ended = true;
      else if (event.event === 'run.submitted') ended = false;
      if (!wanted(event)) continue;
      if (tail === undefined) print(event);
      else kept.push(event);
    }
    if (tail !== undefined && kept.length > tail) kept.splice(0, kept.length - tail);
    if (!page.hasMore || page.data.length === 0) break;
  }
  kept.forEach(print);
  return { seq: last?.seq ?? 0, ended };
}

/** An RFC 3339 time, or an age before `now` like `10m`. Throws `invalid_argument`. */
export function sinceTime(text: string, now: number): number {
  const age = parseDuration(text);
  if (age !== undefined) return now - age;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new FabroError(
    'invalid_argument',
    `--since: "${text}" is no time; expected RFC 3339 like 2026-01-31T12:00:00Z, or an age like 10m.`,
  );
}
