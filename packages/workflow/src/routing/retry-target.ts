import { attr } from '../graph/attributes.js';
import type { Graph, GraphNode } from '../graph/graph.js';

/** The attributes that name where a failure goes, in the order in which they are asked. */
export const RETRY_TARGETS = ['retry_target', 'fallback_retry_target'] as const;

/** Where a failed node without a way on goes: the node's targets, then the graph's; the first that exists. */
export function retryTargetOf(graph: Graph, node: GraphNode): string | undefined {
  for (const owner of [node, graph])
    for (const key of RETRY_TARGETS) {
      const target = attr.string(owner, key);
      if (target !== undefined && graph.nodes.has(target)) return target;
    }
  return undefined;
}
