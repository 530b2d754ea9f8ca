/** `fabro system df` and `fabro system prune`. */
import type { DiskUsage, PruneBody } from '@fabro/client';
import { FabroError } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { formatBytes, plural, table } from '../render/format.js';
import { oneLine } from '../render/text.js';
import { connectAloud } from './attach.js';
import { labelsOf } from './labels.js';

export type DfOptions = ServerFlags;

/** Prints what the storage root holds; with `--verbose` run by run, too. */
export async function dfCommand(context: Context, options: DfOptions): Promise<number> {
  const { api } = await connectAloud(context, options);
  const usage = await api.diskUsage({ verbose: context.verbose });
  if (context.json) {
    printJson(context.io, usage);
    return 0;
  }
  const rows = usage.summary.map((row) => [
    row.type,
    String(row.count),
    row.active === undefined ? '-' : String(row.active),
    formatBytes(row.size_bytes),
    row.reclaimable_bytes === undefined ? '-' : formatBytes(row.reclaimable_bytes),
  ]);
  printLines(
    context.io,
    table(
      [
        ['TYPE', 'COUNT', 'ACTIVE', 'SIZE', 'RECLAIMABLE'],
        ...rows,
        [
          'total',
          '',
          '',
          formatBytes(usage.total_size_bytes),
          formatBytes(usage.total_reclaimable_bytes),
        ],
      ],
      [1, 2, 3, 4],
    ),
  );
  if (usage.runs !== undefined && usage.runs.length > 0)
    printLines(context.io, ['', ...runLines(usage.runs)]);
  return 0;
}

function runLines(runs: NonNullable<DiskUsage['runs']>): readonly string[] {
  return table(
    [
      ['RUN', 'WORKFLOW', 'STATUS', 'STARTED', 'SIZE', 'RECLAIMABLE'],
      ...runs.map((run) => [
        run.run_id,
        oneLine(run.workflow_name),
        run.status,
        run.start_time,
        formatBytes(run.size_bytes),
        run.reclaimable ? formatBytes(run.size_bytes) : '-',
      ]),
    ],
    [4, 5],
  );
}

export interface PruneOptions extends ServerFlags {
  readonly before?: string;
  readonly olderThan?: string;
  readonly workflow?: string;
  readonly label?: readonly string[];
  readonly yes?: boolean;
}

/** Shows what would be deleted; deletes it with `--yes`. */
export async function pruneCommand(context: Context, options: PruneOptions): Promise<number> {
  if (options.olderThan !== undefined && !/^\d+[hd]$/.test(options.olderThan))
    throw new FabroError(
      'invalid_argument',
      `--older-than: "${options.olderThan}" is no age; expected hours or days like 24h or 7d.`,
    );
  const query: PruneBody = {
    dry_run: options.yes !== true,
    ...(options.before === undefined ? {} : { before: options.before }),
    ...(options.olderThan === undefined ? {} : { older_than: options.olderThan }),
    ...(options.workflow === undefined ? {} : { workflow: options.workflow }),
    ...(options.label === undefined ? {} : { labels: labelsOf(options.label) }),
  };
  const { api } = await connectAloud(context, options);
  const result = await api.prune(query);
  if (context.json) {
    printJson(context.io, result);
    return 0;
  }
  if (!result.dry_run) {
    say(
      context,
      `Deleted ${plural(result.deleted_count, 'run')}; ${formatBytes(result.freed_bytes)} freed.`,
    );
    return 0;
  }
  printLines(
    context.io,
    (result.runs ?? []).map(
      (run) => `${run.run_id}  ${run.status}  ${formatBytes(run.size_bytes)}`,
    ),
  );
  say(
    context,
    result.total_count === 0
      ? 'Nothing to delete.'
      : `${plural(result.total_count, 'run')}, ${formatBytes(result.total_size_bytes)}; --yes deletes them.`,
  );
  return 0;
}
