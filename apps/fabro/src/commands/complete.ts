/** `fabro completion` and the question that its scripts ask. */
import type { Command } from 'commander';
import { candidatesOf } from '../complete/sources.js';
import { type Shell, shellScript } from '../complete/shells.js';
import { wantedAt } from '../complete/wanted.js';
import { type Context, printLines } from '../context.js';
import type { Io } from '../io.js';
import { oneLine } from '../render/text.js';

/** Prints the script of a shell. */
export async function completionCommand({ io }: Context, shell: Shell): Promise<number> {
  io.stdout.write(shellScript(shell));
  return 0;
}

/** Prints what may stand at the cursor: a value, a tab and some words a line; `:files` where files may. */
export async function completeCommand(
  io: Io,
  program: Command,
  before: readonly string[],
  current: string,
): Promise<void> {
  const wanted = wantedAt(program, before, current);
  const found = await Promise.all(wanted.sources.map((source) => candidatesOf(io, source)));
  // Ids are written in capitals, and typed as they come.
  const fits = (value: string) => value.toLowerCase().startsWith(current.toLowerCase());
  const lines = [...wanted.candidates, ...found.flat()]
    .filter(({ value }) => fits(value))
    .map(({ value, about }) => `${oneLine(value)}\t${oneLine(about)}`);
  printLines(io, wanted.sources.includes('files') ? [...lines, ':files'] : lines);
}
