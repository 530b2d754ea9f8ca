/** What is wrong with a workflow, for people. */
import { resolve } from 'node:path';
import { FabroError } from '@fabro/protocol';
import {
  type Bundle,
  type Diagnostic,
  type Graph,
  type ShownFile,
  formatDiagnostic,
  validationErrorMessage,
} from '@fabro/workflow';
import { type Context, say } from '../context.js';
import { plural } from '../render/format.js';
import { type Paint, paintFor } from '../render/paint.js';
import { oneLine } from '../render/text.js';
import type { LoadedWorkflow } from './load-workflow.js';
import { shortPath } from './resolve-workflow.js';

/** Writes name, size, path and diagnostics with code frames to stderr. */
export function sayWorkflow(context: Context, loaded: LoadedWorkflow): void {
  const { graph } = loaded.prepared;
  if (graph !== undefined)
    say(
      context,
      `Workflow: ${graph.name} (${plural(graph.nodes.size, 'node')}, ${plural(graph.edges.length, 'edge')})`,
    );
  say(context, `Graph: ${shortPath(loaded.files.graphPath, context.io.cwd)}`);
  sayDiagnostics(context, loaded);
}

/** Writes the diagnostics to stderr, each with its line and its fix; only errors when quiet, none under `--json`. */
export function sayDiagnostics(context: Context, loaded: LoadedWorkflow): void {
  if (context.json) return;
  const { bundle, files, prepared, root } = loaded;
  const { cwd } = context.io;
  const workflow = { path: shortPath(files.graphPath, cwd), source: bundle.source };
  const named = (file: string): ShownFile => ({
    path: shortPath(resolve(root, file), cwd),
    source: textOf(bundle, file),
  });
  for (const diagnostic of prepared.diagnostics)
    if (!context.quiet || diagnostic.severity === 'error')
      sayDiagnostic(context, diagnostic, workflow, named);
}

/** The text that a diagnostic names: a file or a child workflow of the workflow, or a file of such a child. */
function textOf(bundle: Bundle, path: string): string | undefined {
  const child = bundle.children[path];
  if (child !== undefined) return child.source;
  const holder = [bundle, ...Object.values(bundle.children)].find(({ files }) => path in files);
  return holder?.files[path]?.content;
}

/** Writes one diagnostic to stderr. */
export function sayDiagnostic(
  { io }: Context,
  diagnostic: Diagnostic,
  workflow: { readonly path: string; readonly source: string },
  named?: (file: string) => ShownFile,
): void {
  const text = formatDiagnostic(diagnostic, workflow.source, workflow.path, named);
  io.stderr.write(`${painted(text, diagnostic, paintFor(io.stderr, io.env))}\n`);
}

/** Colours the severity, the caret and what leads to the fix. */
function painted(text: string, { severity }: Diagnostic, paint: Paint): string {
  const colour = { error: paint.red, warning: paint.yellow, info: paint.cyan }[severity];
  const [head = '', ...rest] = text.split('\n');
  const lines = rest.map((line) => {
    if (line.startsWith('  fix: ')) return `  ${paint.cyan('fix:')}${line.slice('  fix:'.length)}`;
    if (line.startsWith('  at ')) return paint.dim(line);
    return /^ +\| \s*\^$/.test(line) ? `${paint.dim(line.slice(0, -1))}${colour('^')}` : line;
  });
  return [`${colour(severity)}${head.slice(severity.length)}`, ...lines].join('\n');
}

/** The graph, or `invalid_workflow`. The diagnostics stand on stderr already, except under `--json`. */
export function validGraph(context: Context, loaded: LoadedWorkflow): Graph {
  const { prepared } = loaded;
  if (prepared.ok) return prepared.graph;
  throw new FabroError(
    'invalid_workflow',
    context.json ? oneLine(validationErrorMessage(prepared.diagnostics)) : 'Validation failed',
  );
}
