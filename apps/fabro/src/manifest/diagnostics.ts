/** What is wrong with a workflow, for people. */
import { FabroError } from '@fabro/protocol';
import { type Graph, formatDiagnostic, validationErrorMessage } from '@fabro/workflow';
import { type Context, say } from '../context.js';
import { plural } from '../render/format.js';
import { oneLine } from '../render/text.js';
import type { LoadedWorkflow } from './load-workflow.js';
import { shortPath } from './resolve-workflow.js';

/** Writes name, size, path and diagnostics with code frames to stderr. */
export function sayWorkflow(context: Context, loaded: LoadedWorkflow): void {
  const { graph, diagnostics } = loaded.prepared;
  const path = shortPath(loaded.files.graphPath, context.io.cwd);
  if (graph !== undefined)
    say(
      context,
      `Workflow: ${graph.name} (${plural(graph.nodes.size, 'node')}, ${plural(graph.edges.length, 'edge')})`,
    );
  say(context, `Graph: ${path}`);
  for (const diagnostic of diagnostics)
    if (!context.quiet || diagnostic.severity === 'error')
      context.io.stderr.write(`${formatDiagnostic(diagnostic, loaded.bundle.source, path)}\n`);
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
