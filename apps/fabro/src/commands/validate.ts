/** `fabro validate`: check a workflow without a server. */
import { type Context, printJson, say } from '../context.js';
import { sayWorkflow, validGraph } from '../manifest/diagnostics.js';
import { loadWorkflow } from '../manifest/load-workflow.js';

/** 1 when there is an error; warnings are no failure. */
export async function validateCommand(context: Context, workflow: string): Promise<number> {
  const loaded = await loadWorkflow(context.io, workflow);
  const { graph, diagnostics, ok } = loaded.prepared;
  if (context.json) {
    printJson(context.io, {
      workflow_name: graph?.name ?? null,
      nodes: graph?.nodes.size ?? 0,
      edges: graph?.edges.length ?? 0,
      valid: ok,
      diagnostics,
    });
    return ok ? 0 : 1;
  }
  sayWorkflow(context, loaded);
  validGraph(context, loaded);
  say(context, 'Validation: OK');
  return 0;
}
