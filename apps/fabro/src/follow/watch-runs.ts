/** `fabro ps --watch`: the list of runs, drawn anew in place. */
import { FabroError, type RunSummary } from '@fabro/protocol';
import type { Io } from '../io.js';
import { HELD_LINES, WATCH_MS } from '../limits.js';
import { paintFor } from '../render/paint.js';
import { type RunTableOptions, runTable } from '../render/run-table.js';
import { openScreen } from '../render/screen.js';
import { oneLine, truncate } from '../render/text.js';

export interface ListedRuns {
  readonly runs: readonly RunSummary[];
  /** There are more than were asked for. */
  readonly more: boolean;
}

/** How a table is drawn on stdout: cut to a terminal, whole in a pipe. */
export function tableOptions(io: Io): RunTableOptions {
  return {
    now: io.clock.now(),
    columns: io.stdout.isTTY ? io.stdout.columns : undefined,
    paint: paintFor(io.stdout, io.env),
  };
}

/**
 * Lists every second until Ctrl-C, then gives 0. While the server does not answer, the last list stays with a
 * line that says so. Rejects with what is no passing failure.
 */
export async function watchRuns(
  io: Io,
  list: () => Promise<ListedRuns>,
  nothing: () => string,
): Promise<number> {
  const stop = new AbortController();
  const offInterrupt = io.onInterrupt(() => stop.abort());
  const screen = openScreen(io, io.stdout, HELD_LINES);
  let shown: ListedRuns = { runs: [], more: false };
  let trouble: string | undefined;
  const draw = () => screen.region(watchRegion(io, shown, trouble, nothing()));
  const offResize = io.stdout.onResize(draw);
  try {
    while (!stop.signal.aborted) {
      try {
        shown = await list();
        trouble = undefined;
      } catch (error) {
        if (!(error instanceof FabroError) || error.code !== 'unavailable') throw error;
        trouble = error.message;
      }
      if (stop.signal.aborted) break;
      draw();
      await io.clock.sleepUntil(io.clock.now() + WATCH_MS, stop.signal);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    offResize();
    offInterrupt();
    // The last list stays, as that of a `ps` without --watch does.
    screen.print(stop.signal.aborted ? watchRegion(io, shown, undefined, nothing()) : [], []);
    screen.close();
  }
  return 0;
}

/** Lines that fit above the last row of the terminal. */
function watchRegion(
  io: Io,
  { runs, more }: ListedRuns,
  trouble: string | undefined,
  nothing: string,
): readonly string[] {
  const options = tableOptions(io);
  const { paint } = options;
  const columns = (options.columns ?? io.stdout.columns) - 1;
  const lines = runs.length === 0 ? [paint.dim(nothing)] : runTable(runs, { ...options, columns });
  const room = Math.max(2, io.stdout.rows - 3);
  const hidden = lines.length - room;
  const cut =
    hidden > 0 ? [...lines.slice(0, room), paint.dim(`… and ${hidden} more`)] : [...lines];
  if (hidden <= 0 && more) cut.push(paint.dim('… and more; --limit shows them'));
  if (trouble !== undefined)
    cut.push(paint.yellow(truncate(`No answer; trying again. ${oneLine(trouble)}`, columns)));
  return cut;
}
