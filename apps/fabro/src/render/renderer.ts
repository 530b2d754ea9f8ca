/** The two ways to show a run while it goes on: a live terminal, or plain lines. */
import type { Io } from '../io.js';
import { FRAME_MS, HELD_LINES } from '../limits.js';
import { type LineOptions, linesFor } from './lines.js';
import { liveRegion } from './live-region.js';
import { paintFor } from './paint.js';
import { openScreen } from './screen.js';
import { type Happening, type RunView, emptyView } from './view.js';

export interface Renderer {
  /** Shows what happened; `view` is the state after it. */
  update(view: RunView, happened: readonly Happening[]): void;
  /** Writes a line that stays. */
  line(text: string): void;
  /** Gives the terminal to a prompt while `ask` runs. */
  during<T>(ask: () => Promise<T>): Promise<T>;
  /** Restores the terminal; safe to call twice. */
  close(): void;
}

export interface RendererOptions {
  readonly verbose: boolean;
  /** Shows nothing but what `line` is given. */
  readonly quiet: boolean;
}

/** True when a person sits in front: both outputs are a terminal that understands cursor movement. */
export function isInteractive(io: Io): boolean {
  return io.stdout.isTTY && io.stderr.isTTY && io.env['TERM'] !== 'dumb';
}

/** A live renderer for a terminal, else one that writes plain lines; both write to stderr. */
export function openRenderer(io: Io, options: RendererOptions): Renderer {
  const lineOptions: LineOptions = {
    paint: paintFor(io.stderr, io.env),
    verbose: options.verbose,
  };
  const lasting = (happened: readonly Happening[]) =>
    options.quiet ? [] : happened.flatMap((happening) => linesFor(happening, lineOptions));
  return isInteractive(io) && !options.quiet
    ? liveRenderer(io, lineOptions, lasting)
    : plainRenderer(io, lasting);
}

type Lasting = (happened: readonly Happening[]) => readonly string[];

function plainRenderer(io: Io, lasting: Lasting): Renderer {
  const write = (lines: readonly string[]) => {
    if (lines.length > 0) io.stderr.write(`${lines.join('\n')}\n`);
  };
  return {
    update: (_view, happened) => write(lasting(happened)),
    line: (text) => write([text]),
    during: (ask) => ask(),
    close: () => {},
  };
}

function liveRenderer(io: Io, { paint }: LineOptions, lasting: Lasting): Renderer {
  const screen = openScreen(io, io.stderr, HELD_LINES);
  let view = emptyView('');
  let frame = 0;
  const region = () =>
    liveRegion(view, {
      now: io.clock.now(),
      frame,
      columns: io.stderr.columns,
      rows: io.stderr.rows,
      paint,
    });
  const draw = () => screen.region(region());
  const stopTicks = io.every(FRAME_MS, () => {
    frame++;
    draw();
  });
  const offResize = io.stderr.onResize(draw);
  return {
    update(next, happened) {
      view = next;
      const lines = lasting(happened);
      if (lines.length > 0) screen.print(lines, region());
    },
    line: (text) => screen.print([text]),
    async during(ask) {
      screen.suspend();
      try {
        return await ask();
      } finally {
        screen.resume();
      }
    },
    close() {
      stopTicks();
      offResize();
      screen.close();
    },
  };
}
