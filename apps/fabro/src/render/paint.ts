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

const colours: Paint = {
  bold: (text) => styleText('bold', text),
  dim: (text) => styleText('dim', text),
  red: (text) => styleText('red', text),
  green: (text) => styleText('green', text),
  yellow: (text) => styleText('yellow', text),
  cyan: (text) => styleText('cyan', text),
};

/** Colours for a terminal, unless NO_COLOR is set to something or the terminal is dumb; FORCE_COLOR wins over a pipe. */
export function paintFor(out: TextOut, env: Io['env']): Paint {
  if (env['NO_COLOR']) return plainPaint;
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  return forced || (out.isTTY && env['TERM'] !== 'dumb') ? colours : plainPaint;
}
