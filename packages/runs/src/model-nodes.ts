/** The stages of a run that ask a model, and whether any of them could. */
import { modelWish } from '@fabro/engine';
import type { Models } from '@fabro/models';
import { FabroError } from '@fabro/protocol';
import { attr, type GraphNode } from '@fabro/workflow';
import { BeginFailed } from './begin-failed.js';
import type { Plan } from './manifest/plan.js';

/** True for a node whose stage asks a model. */
export function asksModel(node: GraphNode): boolean {
  switch (node.handler) {
    case 'agent':
    case 'prompt':
      return true;
    case 'parallel.fan_in':
      return attr.string(node, 'prompt') !== undefined;
    default:
      return false;
  }
}

/**
 * A run whose every model stage would fail for want of a key does not begin: failed stages may have a way on,
 * and a run without a single answer would look as if it had succeeded. Throws BeginFailed `bootstrap_failed`.
 */
export function mustHaveModel(plan: Plan, models: Models): void {
  if (plan.run.dryRun || models.configured) return;
  const graphs = [plan.graph, ...plan.children.graphs.values()];
  const nodes = graphs.flatMap((graph) => [...graph.nodes.values()]).filter(asksModel);
  if (nodes.length === 0 || nodes.some((node) => canAsk(node, plan, models))) return;
  throw new BeginFailed(
    'bootstrap_failed',
    'No LLM providers configured. Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or pass --dry-run to simulate.',
  );
}

function canAsk(node: GraphNode, plan: Plan, models: Models): boolean {
  try {
    models.resolve(modelWish(node, plan.run));
    return true;
  } catch (error) {
    if (error instanceof FabroError) return false;
    throw error;
  }
}
