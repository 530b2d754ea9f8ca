/** Goal gates: nodes whose latest outcome must be good when the run ends (engine reference §4.3). */
import { attr, isTerminalNode, retryTargetOf, type Graph } from '@fabro/workflow';
import type { Frame } from './state.js';

export type GateCheck =
  | { readonly kind: 'open' }
  /** A gate is unsatisfied and its retry target takes over. */
  | { readonly kind: 'retry'; readonly gate: string; readonly to: string }
  | { readonly kind: 'failed'; readonly gate: string; readonly message: string };

/** Checks the gates that were visited, in the order of the graph. */
export function checkGoalGates(graph: Graph, frame: Frame): GateCheck {
  for (const node of graph.nodes.values()) {
    if (attr.boolean(node, 'goal_gate') !== true) continue;
    const outcome = frame.outcomes.get(node.id);
    if (
      outcome === undefined ||
      outcome.status === 'succeeded' ||
      outcome.status === 'partially_succeeded'
    )
      continue;
    const to = retryTargetOf(graph, node);
    const target = to === undefined ? undefined : graph.nodes.get(to);
    if (to === undefined || target === undefined || isTerminalNode(target))
      return {
        kind: 'failed',
        gate: node.id,
        message: `goal gate unsatisfied for node ${node.id} and no retry target`,
      };
    return { kind: 'retry', gate: node.id, to };
  }
  return { kind: 'open' };
}
