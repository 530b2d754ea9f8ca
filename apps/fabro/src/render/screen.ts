/**
 * Lasting lines above, a redrawn region below. Owns the cursor: hidden while a region is shown, visible
 * again after `close`, while suspended, and when the process ends in any way that lets code run.
 */
import type { Io, TextOut } from '../io.js';
import { displayWidth } from './text.js';

const HIDE = '\x1b[?25l';
const SHOW = '\x1b[?25h';
// Terminals that know synchronised output paint a frame at once; others ignore the marks.
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

/**
 * The bytes that turn the region `before` into `lasting` lines followed by the region `after`. Pure.
 * @param columns the width now: lines that were drawn in a wider terminal have wrapped since.
 */
export function redraw(
  before: readonly string[],
  lasting: readonly string[],
  after: readonly string[],
  columns: number,
): string {
  const rows = before.reduce(
    (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / Math.max(1, columns))),
    0,
  );
  const up = rows === 0 ? '' : `\x1b[${rows}A\r`;
  const lines = [...lasting, ...after].map((line) => `${line}\x1b[K\n`).join('');
  return `${BEGIN}${up}${lines}\x1b[J${END}`;
}

export interface Screen {
  /** Writes lines that stay; `region`, when given, replaces the one below them in the same frame. */
  print(lines: readonly string[], region?: readonly string[]): void;
  /** Replaces the region below them. */
  region(lines: readonly string[]): void;
  /** Takes the region away and gives the cursor back, for a prompt; lines are kept until `resume`. */
  suspend(): void;
  resume(): void;
  /** Takes the region away for good and restores the cursor; safe to call twice. */
  close(): void;
}

/** A screen on a terminal. `heldLines` bounds what is kept while suspended. */
export function openScreen(io: Io, out: TextOut, heldLines: number): Screen {
  let drawn: readonly string[] = [];
  let held: string[] | undefined;
  let dropped = 0;
  let closed = false;
  let hidden = false;

  const show = () => {
    if (hidden) out.write(SHOW);
    hidden = false;
  };
  const offExit = io.onExit(show);
  const put = (lasting: readonly string[], region: readonly string[]) => {
    if (!hidden && region.length > 0) {
      out.write(HIDE);
      hidden = true;
    }
    out.write(redraw(drawn, lasting, region, out.columns));
    drawn = region;
  };

  const screen: Screen = {
    print(lines, region = drawn) {
      if (lines.length === 0) return;
      if (held !== undefined) {
        held.push(...lines);
        const over = held.length - heldLines;
        if (over > 0) {
          held.splice(0, over);
          dropped += over;
        }
      } else put(lines, closed ? [] : region);
    },
    region(lines) {
      if (closed || held !== undefined) return;
      if (lines.length === drawn.length && lines.every((line, i) => line === drawn[i])) return;
      put([], lines);
    },
    suspend() {
      if (held !== undefined || closed) return;
      if (drawn.length > 0) put([], []);
      show();
      held = [];
    },
    resume() {
      if (held === undefined) return;
      const lines = dropped > 0 ? [`… ${dropped} lines were not shown`, ...held] : held;
      held = undefined;
      dropped = 0;
      screen.print(lines);
    },
    close() {
      if (closed) return;
      screen.resume();
      if (drawn.length > 0) put([], []);
      show();
      closed = true;
      offExit();
    },
  };
  return screen;
}
