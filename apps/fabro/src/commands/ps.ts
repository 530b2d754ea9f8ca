/** `fabro ps`: runs as a table. */
import { FabroError, type RunSummary, TERMINAL_STATUSES, RunStatus } from '@fabro/protocol';
import type { Api } from '../api.js';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { PAGE_ROWS } from '../limits.js';
import { isInteractive } from '../render/renderer.js';
import { runTable } from '../render/run-table.js';
import { type ListedRuns, tableOptions, watchRuns } from '../follow/watch-runs.js';
import { connectAloud } from './attach.js';
import { labelsOf } from './labels.js';

export interface PsOptions extends ServerFlags {
  readonly all?: boolean;
  readonly ids?: boolean;
  readonly before?: string;
  readonly workflow?: string;
  readonly label?: readonly string[];
  readonly limit: number;
  readonly watch?: boolean;
}

/** Lists runs, newest first; with `--watch` again and again, until Ctrl-C. */
export async function psCommand(context: Context, options: PsOptions): Promise<number> {
  const { io } = context;
  const before = options.before === undefined ? undefined : timeOf(options.before);
  const watching = options.watch === true;
  if (watching && (context.json || options.ids === true || !isInteractive(io)))
    throw new FabroError(
      'invalid_argument',
      '--watch draws in a terminal; leave out --json and --ids, or call `fabro ps` again and again.',
    );
  const { api } = await connectAloud(context, options);
  const list = () => collect(api, options, before);
  if (watching) return watchRuns(io, list, () => nothingText(options));
  const { runs, more } = await list();
  if (context.json) printJson(io, { data: runs, meta: { has_more: more } });
  else if (options.ids === true)
    printLines(
      io,
      runs.map((run) => run.run_id),
    );
  else if (runs.length > 0) printLines(io, runTable(runs, tableOptions(io)));
  else say(context, nothingText(options));
  if (more && !context.json)
    say(context, `There are more; --limit shows more than ${options.limit}.`);
  return 0;
}

function nothingText(options: PsOptions): string {
  return options.all === true
    ? 'No runs.'
    : 'No runs under way; `fabro ps --all` shows ended ones.';
}

async function collect(
  api: Api,
  options: PsOptions,
  before: number | undefined,
): Promise<ListedRuns> {
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

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new FabroError(
    'invalid_argument',
    `--before: "${text}" is no time; expected RFC 3339 like 2026-01-31T12:00:00Z.`,
  );
}
