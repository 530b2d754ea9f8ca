/** `fabro graph`: a picture of a workflow. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FabroError, messageOf } from '@fabro/protocol';
import { toGraphviz } from '@fabro/workflow';
import { type Context, printJson, say } from '../context.js';
import { sayDiagnostics, sayWorkflow, validGraph } from '../manifest/diagnostics.js';
import { loadWorkflow } from '../manifest/load-workflow.js';

export interface GraphOptions {
  /** True when `--json` itself was given. */
  readonly json?: boolean;
  readonly direction?: 'lr' | 'tb';
  /** Default: `svg` for an output whose name says so, else `dot`. */
  readonly format?: 'dot' | 'svg';
  /** File to write. */
  readonly output?: string;
}

/** Writes DOT that Graphviz accepts, or SVG drawn here. Refuses a workflow with errors, says its warnings. */
export async function graphCommand(
  context: Context,
  workflow: string,
  options: GraphOptions,
): Promise<number> {
  const { io } = context;
  // A variable or setting that asks for JSON everywhere means other commands.
  if (options.json === true && options.output === undefined)
    throw new FabroError(
      'invalid_argument',
      'graph writes a picture to stdout, which has no form as JSON; leave --json out, or name a file with --output.',
    );
  const loaded = await loadWorkflow(io, workflow);
  if (loaded.prepared.ok) sayDiagnostics(context, loaded);
  else sayWorkflow(context, loaded);
  const graph = validGraph(context, loaded);
  const direction = options.direction === undefined ? undefined : DIRECTIONS[options.direction];
  const dot = toGraphviz(graph, { direction });
  const isSvg = options.output?.toLowerCase().endsWith('.svg') === true;
  const format = options.format ?? (isSvg ? 'svg' : 'dot');
  const text = format === 'svg' ? await svg(dot) : dot;
  if (options.output === undefined) {
    io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    return 0;
  }
  const path = resolve(io.cwd, options.output);
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new FabroError(
      'invalid_argument',
      `--output: cannot write ${path}: ${messageOf(cause)}.`,
      { cause },
    );
  }
  if (context.json) printJson(io, { path });
  else say(context, `Wrote ${path}.`);
  return 0;
}

const DIRECTIONS = { lr: 'LR', tb: 'TB' } as const;

async function svg(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  return viz.renderString(dot, { format: 'svg' });
}
