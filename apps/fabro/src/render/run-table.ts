/** Runs as a table that fits the width of a terminal. Pure. */
import type { RunSummary } from '@fabro/protocol';
import { formatAge, formatDuration, formatElapsed, formatUsd } from './format.js';
import type { Paint } from './paint.js';
import { displayWidth, oneLine, truncate } from './text.js';

export interface RunTableOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Width of the terminal; undefined for a pipe, where nothing is cut. */
  readonly columns: number | undefined;
  readonly paint: Paint;
}

interface Column {
  readonly title: string;
  readonly cell: (run: RunSummary) => string;
  readonly right?: boolean;
  readonly style?: (text: string, run: RunSummary) => string;
}

const GAP = 2;
/** Characters of a ULID that hold its time: other runs, not in the list, hardly ever share them. */
const SHORTEST_ID = 10;
const STAGE_MARK = '▸ ';
/** Handlers of stages that wait for stages inside of them. */
const HOLDS_OTHERS: ReadonlySet<string> = new Set(['parallel', 'stack.manager_loop']);

/** What gives way when the terminal is narrow, in this order, and to how many columns; 0 leaves it out. */
const GIVES_WAY: readonly (readonly [title: string, columns: number])[] = [
  ['GOAL', 0],
  ['STATUS', 18],
  ['STAGE', 20],
  ['WORKFLOW', 12],
  ['STATUS', 9],
  ['STAGE', 10],
  ['WORKFLOW', 6],
  ['STAGE', 0],
];

/** A head and one line for each run. Where there is no room, texts give way. */
export function runTable(
  runs: readonly RunSummary[],
  { now, columns, paint }: RunTableOptions,
): readonly string[] {
  const ids = columns === undefined ? undefined : shortIds(runs.map((run) => run.run_id));
  const table: readonly Column[] = [
    { title: 'RUN', cell: (run) => ids?.get(run.run_id) ?? run.run_id },
    { title: 'WORKFLOW', cell: workflowText },
    {
      title: 'STATUS',
      cell: statusText,
      style: (text, run) => statusPaint(run, paint)(text),
    },
    { title: 'AGE', cell: (run) => formatAge(now - Date.parse(run.created_at)), right: true },
    { title: 'DURATION', cell: (run) => durationText(run, now), right: true },
    ...(runs.some((run) => run.total_usd_micros !== undefined)
      ? [{ title: 'COST', cell: costText, right: true }]
      : []),
    ...(runs.some((run) => stageText(run) !== '') ? [{ title: 'STAGE', cell: stageText }] : []),
    { title: 'GOAL', cell: (run) => oneLine(run.goal ?? ''), style: paint.dim },
  ];
  const cells = runs.map((run) => table.map((column) => column.cell(run)));
  const wanted = table.map((column, i) =>
    Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[i] ?? ''))),
  );
  const widths = columns === undefined ? wanted : fitted(table, wanted, columns);
  const line = (row: readonly string[], run?: RunSummary): string =>
    table
      .flatMap((column, i) => {
        const width = widths[i] ?? 0;
        if (width === 0) return [];
        const text = truncate(row[i] ?? '', width);
        const pad = ' '.repeat(width - displayWidth(text));
        const painted = run === undefined ? paint.dim(text) : (column.style?.(text, run) ?? text);
        return [column.right === true ? pad + painted : painted + pad];
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    line(table.map((column) => column.title)),
    ...runs.map((run, i) => line(cells[i] ?? [], run)),
  ];
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

/** Beginnings of ids that are unambiguous within the list, all of one length. */
function shortIds(ids: readonly string[]): ReadonlyMap<string, string> {
  const longest = Math.max(0, ...ids.map((id) => id.length));
  for (let length = SHORTEST_ID; length < longest; length++)
    if (new Set(ids.map((id) => id.slice(0, length))).size === ids.length)
      return new Map(ids.map((id) => [id, id.slice(0, length)]));
  return new Map(ids.map((id) => [id, id]));
}

/** Widths whose sum fits, if texts that give way are enough for that. */
function fitted(
  table: readonly Column[],
  wanted: readonly number[],
  columns: number,
): readonly number[] {
  const widths = [...wanted];
  const over = () => {
    const shown = widths.filter((width) => width > 0);
    return shown.reduce((sum, width) => sum + width, 0) + GAP * (shown.length - 1) - columns;
  };
  for (const [title, least] of GIVES_WAY) {
    const i = table.findIndex((column) => column.title === title);
    const width = widths[i];
    if (width === undefined || over() <= 0) continue;
    const cut = Math.min(width, Math.max(least, width - over()));
    // A few characters of a text say nothing: then it is left out whole.
    widths[i] = least === 0 && cut < SHORTEST_ID ? 0 : cut;
  }
  return widths;
}

function workflowText(run: RunSummary): string {
  return oneLine(run.workflow_slug ?? run.workflow_name ?? '-');
}

function costText(run: RunSummary): string {
  return run.total_usd_micros === undefined ? '-' : formatUsd(run.total_usd_micros);
}

/** Stages that do something themselves; one that only holds others shows when it is alone. */
function stageText(run: RunSummary): string {
  const all = run.active_stages ?? [];
  const acting = all.filter(({ handler_type: type }) => !HOLDS_OTHERS.has(type));
  const shown = acting.length > 0 ? acting : all;
  if (shown.length === 0) return '';
  return STAGE_MARK + shown.map(({ name }) => oneLine(name)).join(', ');
}

/** How long an ended run took, or how long the others have been going on; nothing before the start. */
function durationText(run: RunSummary, now: number): string {
  if (run.duration_ms !== undefined) return formatDuration(run.duration_ms);
  // A fork that waits has a history, and is not under way.
  if (run.status === 'submitted' || run.status === 'queued') return '-';
  return run.start_time === undefined ? '-' : formatElapsed(now - Date.parse(run.start_time));
}

function statusPaint(run: RunSummary, paint: Paint): (text: string) => string {
  if (run.blocked === true) return paint.yellow;
  switch (run.status) {
    case 'completed':
      return run.status_reason === 'partial_success' ? paint.yellow : paint.green;
    case 'failed':
      return paint.red;
    case 'cancelled':
    case 'submitted':
    case 'queued':
      return paint.dim;
    case 'paused':
      return paint.yellow;
    case 'starting':
    case 'running':
      return paint.cyan;
    default:
      return run.status satisfies never;
  }
}
