/** `fabro wait`: look at a run until it has ended. */
import { FabroError, isTerminal } from '@fabro/protocol';
import type { ServerFlags } from '../connect/connect.js';
import { type Context, printJson, printLines } from '../context.js';
import { formatDuration } from '../render/format.js';
import { connectAloud, never } from './attach.js';
import { statusText } from '../render/run-table.js';

export interface WaitOptions extends ServerFlags {
  /** Seconds. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly interval: number;
}

/** 0 when the run succeeded, 1 when it did not or when the time is up. */
export async function waitCommand(
  context: Context,
  run: string,
  options: WaitOptions,
): Promise<number> {
  const { clock } = context.io;
  const { api } = await connectAloud(context, options);
  const { run_id: id } = await api.resolveRun(run);
  const limit = options.timeout === undefined ? Infinity : clock.now() + options.timeout * 1000;
  for (;;) {
    const summary = await api.run(id);
    if (isTerminal(summary.status)) {
      if (context.json)
        printJson(context.io, {
          run_id: id,
          status: summary.status,
          ...(summary.duration_ms === undefined ? {} : { duration_ms: summary.duration_ms }),
          ...(summary.total_usd_micros === undefined
            ? {}
            : { total_usd_micros: summary.total_usd_micros }),
        });
      else {
        const took =
          summary.duration_ms === undefined ? '' : ` after ${formatDuration(summary.duration_ms)}`;
        printLines(context.io, [`${id} ${statusText(summary)}${took}`]);
      }
      return summary.status === 'completed' ? 0 : 1;
    }
    if (clock.now() + options.interval > limit)
      throw new FabroError(
        'unavailable',
        `Run ${id} is still ${summary.status} after ${options.timeout} s; it goes on.`,
      );
    await clock.sleepUntil(clock.now() + options.interval, never());
  }
}
