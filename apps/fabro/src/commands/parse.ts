/** `fabro parse`: the syntax tree of a workflow. */
import { FabroError } from '@fabro/protocol';
import { DotSyntaxError, astToJson, parseDot, syntaxDiagnostic } from '@fabro/workflow';
import type { Context } from '../context.js';
import { sayDiagnostic } from '../manifest/diagnostics.js';
import { findProject } from '../manifest/project.js';
import { readSource } from '../manifest/read-source.js';
import { resolveWorkflow, shortPath } from '../manifest/resolve-workflow.js';

/** Prints the tree as indented JSON, with `--json` as one line. */
export async function parseCommand(context: Context, workflow: string): Promise<number> {
  const { io } = context;
  const project = await findProject(io.cwd, io.env);
  const { graphPath } = await resolveWorkflow(workflow, io.cwd, project);
  const source = await readSource(graphPath, 'workflow');
  if (source === undefined)
    throw new FabroError('not_found', `Workflow ${workflow} was removed while it was read.`);
  try {
    const tree = astToJson(parseDot(source));
    io.stdout.write(`${JSON.stringify(tree, undefined, context.json ? 0 : 2)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof DotSyntaxError) || context.json) throw error;
    sayDiagnostic(context, syntaxDiagnostic(error), { source, path: shortPath(graphPath, io.cwd) });
    throw new FabroError('invalid_workflow', 'Parsing failed', { cause: error });
  }
}
