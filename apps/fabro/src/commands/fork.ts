/** `fabro fork` and `fabro rewind`: a new run from a checkpoint of another one. */
import type { TimelineEntry } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines, say } from '../context.js';
import { table } from '../render/format.js';
import { oneLine } from '../render/text.js';
import { connectAloud } from './attach.js';

export interface ForkOptions extends ServerFlags {
  readonly list?: boolean;
}

const SHORT_SHA = 12;

/** Forks at the target, or at the latest checkpoint; `--list` shows what there is. */
export async function forkCommand(
  context: Context,
  run: string,
  target: string | undefined,
  options: ForkOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  if (options.list === true) return list(context, await api.timeline(id));
  const forked = await api.forkRun(id, target);
  if (context.json) printJson(context.io, forked);
  else {
    say(context, `Forked run ${id} at ${oneLine(forked.target)}.`);
    printNew(context, forked.new_run_id);
  }
  return 0;
}

/** Forks at the target and archives the run; without a target it shows what there is. 1 when the run could not be archived. */
export async function rewindCommand(
  context: Context,
  run: string,
  target: string | undefined,
  options: ForkOptions,
): Promise<number> {
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  if (options.list === true || target === undefined) return list(context, await api.timeline(id));
  const rewound = await api.rewindRun(id, target);
  if (context.json) printJson(context.io, rewound);
  else {
    say(
      context,
      `Rewound run ${id} to ${oneLine(rewound.target)}${rewound.archived ? '; it is archived now' : ''}.`,
    );
    if (!rewound.archived)
      context.io.stderr.write(
        `error: run ${id} was not archived: ${oneLine(rewound.archive_error ?? 'unknown reason')}\n`,
      );
    printNew(context, rewound.new_run_id);
  }
  return rewound.archived ? 0 : 1;
}

function printNew(context: Context, id: string): void {
  printLines(context.io, [id]);
  say(context, `To resume: fabro resume ${id}`);
}

function list(context: Context, entries: readonly TimelineEntry[]): number {
  if (context.json) printJson(context.io, entries);
  else if (entries.length === 0) say(context, 'No checkpoints yet.');
  else
    printLines(
      context.io,
      table([
        ['TARGET', 'STAGE', 'EVENT', 'COMMIT'],
        ...entries.map((entry) => [
          `@${entry.ordinal}`,
          oneLine(`${entry.node_name}@${entry.visit}`),
          String(entry.checkpoint_seq),
          entry.run_commit_sha?.slice(0, SHORT_SHA) ?? '-',
        ]),
      ]),
    );
  return 0;
}
