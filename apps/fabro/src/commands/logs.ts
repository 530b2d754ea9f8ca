/** `fabro logs`: the events of a run, one a line. */
import { type AnyEvent, FabroError, parseRunEvent } from '@fabro/protocol';
import { parseDuration } from '@fabro/settings';
import type { Api } from '../api.js';
import type { ServerFlags } from '../connect/connect.js';
import type { Context } from '../context.js';
import { PAGE_EVENTS } from '../limits.js';
import { oneLine, safeText, truncate } from '../render/text.js';
import { connectAloud } from './attach.js';

export interface LogsOptions extends ServerFlags {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly since?: string;
}

const DETAIL_COLUMNS = 160;
/** Characters of a commit's name: as many as git itself shows of a small repository. */
const SHORT_SHA = 7;

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
  const print = (event: AnyEvent) =>
    io.stdout.write(`${context.json ? JSON.stringify(event) : eventLine(event)}\n`);

  const last = await replay(api, id, wanted, options.tail, print);
  if (options.follow !== true || last.ended) return 0;
  const stop = new AbortController();
  const offInterrupt = io.onInterrupt(() => stop.abort());
  try {
    for await (const item of api.attach(id, last.seq + 1, stop.signal))
      if (item.kind === 'event' && wanted(item.event)) print(item.event);
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

/** `12:30:05.120     17  stage.completed          test@1  succeeded`. */
export function eventLine(event: AnyEvent): string {
  const time = event.ts.slice(11, 23);
  const place = event.stage_id ?? event.node_id ?? '';
  const parts = [time, String(event.seq).padStart(6), event.event.padEnd(24), place, detail(event)];
  return parts
    .map((part) => safeText(part).replace(/\s*\n\s*/g, ' '))
    .filter((part) => part !== '')
    .join('  ')
    .trimEnd();
}

function detail(raw: AnyEvent): string {
  const text = (value: unknown) => truncate(oneLine(String(value)), DETAIL_COLUMNS);
  const event = safely(raw);
  if (event?.event === 'edge.selected') {
    const { from_node: from, to_node: to, label } = event.properties;
    return `${text(`${from} -> ${to}`)}${label === undefined || label === '' ? '' : `  (${text(label)})`}`;
  }
  if (event?.event === 'git.commit') return text(event.properties.sha.slice(0, SHORT_SHA));
  for (const name of [
    'error',
    'message',
    'question',
    'tool_name',
    'status',
    'text',
    'script',
    'reason',
  ]) {
    const value = raw.properties[name];
    if (typeof value === 'string' && value !== '') return text(value);
  }
  if (event?.event === 'stage.failed') return text(event.properties.failure.message);
  if (event?.event === 'agent.session.started')
    return text(
      event.properties.scripted
        ? `scripted model ${event.properties.model}`
        : event.properties.model,
    );
  return '';
}

function safely(raw: AnyEvent) {
  try {
    return parseRunEvent(raw);
  } catch {
    // A newer server's shape of a known event: its name is shown, its details are not understood.
    return undefined;
  }
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
