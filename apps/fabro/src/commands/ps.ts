/** `fabro ps`: runs as a table. */
import { FabroError, type RunSummary, TERMINAL_STATUSES, RunStatus } from '@fabro/protocol';
import type { Api } from '../api.js';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { PAGE_ROWS } from '../limits.js';
import { formatAgo, formatDuration, formatElapsed, formatUsd, table } from '../render/format.js';
import { oneLine, truncate } from '../render/text.js';
import { connectAloud } from './attach.js';
import { labelsOf } from './labels.js';

export interface PsOptions extends ServerFlags {
  readonly all?: boolean;
  readonly ids?: boolean;
  readonly before?: string;
  readonly workflow?: string;
  readonly label?: readonly string[];
  readonly limit: number;
}

const GOAL_COLUMNS = 48;

/** Lists runs, newest first. */
export async function psCommand(context: Context, options: PsOptions): Promise<number> {
  const before = options.before === undefined ? undefined : timeOf(options.before);
  const { api } = await connectAloud(context, options);
  const { runs, more } = await collect(api, options, before);
  const { io } = context;
  if (context.json) printJson(io, { data: runs, meta: { has_more: more } });
  else if (options.ids === true)
    printLines(
      io,
      runs.map((run) => run.run_id),
    );
  else if (runs.length > 0) printLines(io, rows(runs, io.clock.now()));
  else
    say(
      context,
      options.all === true ? 'No runs.' : 'No runs under way; `fabro ps --all` shows ended ones.',
    );
  if (more && !context.json)
    say(context, `There are more; --limit shows more than ${options.limit}.`);
  return 0;
}

async function collect(
  api: Api,
  options: PsOptions,
  before: number | undefined,
): Promise<{ readonly runs: readonly RunSummary[]; readonly more: boolean }> {
  const active = RunStatus.options.filter(
    (status) => !(TERMINAL_STATUSES as readonly string[]).includes(status),
  );
  const query = {
    ...(options.all === true ? { includeArchived: true } : { status: active }),
    ...(options.workflow === undefined ? {} : { workflow: options.workflow }),
    ...(options.label === undefined ? {} : { labels: labelsOf(options.label) }),
  };
  const runs: RunSummary[] = [];
  for (let offset = 0; ; offset += PAGE_ROWS) {
    const page = await api.runs(query, { limit: PAGE_ROWS, offset });
    for (const run of page.data) {
      if (before !== undefined && Date.parse(run.created_at) >= before) continue;
      if (runs.length === options.limit) return { runs, more: true };
      runs.push(run);
    }
    if (!page.hasMore) return { runs, more: false };
  }
}

function rows(runs: readonly RunSummary[], now: number): readonly string[] {
  return table([
    ['RUN', 'WORKFLOW', 'STATUS', 'CREATED', 'DURATION', 'COST', 'GOAL'],
    ...runs.map((run) => [
      run.run_id,
      oneLine(run.workflow_slug ?? run.workflow_name ?? '-'),
      statusText(run),
      formatAgo(now - Date.parse(run.created_at)),
      durationText(run, now),
      run.total_usd_micros === undefined ? '-' : formatUsd(run.total_usd_micros),
      truncate(oneLine(run.goal ?? ''), GOAL_COLUMNS),
    ]),
  ]);
}

/** How long an ended run took, or how long the others have been going on; nothing before the start. */
function durationText(run: RunSummary, now: number): string {
  if (run.duration_ms !== undefined) return formatDuration(run.duration_ms);
  // A fork that waits has a history, and is not under way.
  if (run.status === 'submitted' || run.status === 'queued') return '-';
  return run.start_time === undefined ? '-' : formatElapsed(now - Date.parse(run.start_time));
}

/** The status with what makes it remarkable. */
export function statusText(run: RunSummary): string {
  if (run.archived_at !== undefined) return `${run.status} (archived)`;
  if (run.blocked === true) return `${run.status} (waits for an answer)`;
  if (run.queue_position !== undefined) return `${run.status} (position ${run.queue_position})`;
  if (run.pending_control !== undefined) return `${run.status} (${run.pending_control} requested)`;
  return run.status_reason === undefined || run.status_reason === run.status
    ? run.status
    : `${run.status} (${run.status_reason})`;
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new FabroError(
    'invalid_argument',
    `--before: "${text}" is no time; expected RFC 3339 like 2026-01-31T12:00:00Z.`,
  );
}
