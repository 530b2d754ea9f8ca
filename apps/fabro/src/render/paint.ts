/** Colours, or none. */
import { styleText } from 'node:util';
import type { Io, TextOut } from '../io.js';

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Leaves text as it is: for pipes, NO_COLOR and tests. */
export const plainPaint: Paint = {
  bold: (text) => text,
  dim: (text) => text,
  red: (text) => text,
  green: (text) => text,
  yellow: (text) => text,
  cyan: (text) => text,
};

/** Whether the output is a terminal is decided here; Node would look at its own stdout, whatever is written to. */
const ALWAYS = { validateStream: false };

/** Colours, whatever the text is written to. */
export const colours: Paint = {
  bold: (text) => styleText('bold', text, ALWAYS),
  dim: (text) => styleText('dim', text, ALWAYS),
  red: (text) => styleText('red', text, ALWAYS),
  green: (text) => styleText('green', text, ALWAYS),
  yellow: (text) => styleText('yellow', text, ALWAYS),
  cyan: (text) => styleText('cyan', text, ALWAYS),
};

/** Colours for a terminal, unless NO_COLOR is set to something or the terminal is dumb; FORCE_COLOR wins over a pipe. */
export function paintFor(out: TextOut, env: Io['env']): Paint {
  if (env['NO_COLOR']) return plainPaint;
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  return forced || (out.isTTY && env['TERM'] !== 'dumb') ? colours : plainPaint;
}
