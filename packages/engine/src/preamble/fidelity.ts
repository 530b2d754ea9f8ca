/** How much of the run a model stage is told, and which conversation it goes on (engine reference §5.2). */
import { FIDELITY_MODES, attr, type Attributed, type GraphNode } from '@fabro/workflow';

/** How much a stage is told, from everything to least and back to most. */
export type Fidelity = (typeof FIDELITY_MODES)[number];

const DEFAULT_FIDELITY: Fidelity = 'compact';

/** The mode of that name; undefined for any other text. */
export function parseFidelity(text: string): Fidelity | undefined {
  return FIDELITY_MODES.find((mode) => mode === text);
}

/** The first valid mode of: the edge that led here, the node, the graph's `default_fidelity`, compact. */
export function fidelityOf(
  edge: Attributed | undefined,
  node: Attributed,
  graph: Attributed,
): Fidelity {
  const written = [
    edge === undefined ? undefined : attr.string(edge, 'fidelity'),
    attr.string(node, 'fidelity'),
    attr.string(graph, 'default_fidelity'),
  ];
  for (const text of written) {
    const mode = text === undefined ? undefined : parseFidelity(text);
    if (mode !== undefined) return mode;
  }
  return DEFAULT_FIDELITY;
}

/**
 * The thread of a stage: of the edge that led here, the node, the graph's `default_thread`, the node's first
 * class, else the node before. Under `full` stages of one thread share one session.
 */
export function threadOf(
  edge: Attributed | undefined,
  node: GraphNode,
  graph: Attributed,
  previousNode?: string,
): string | undefined {
  const candidates = [
    edge === undefined ? undefined : attr.string(edge, 'thread_id'),
    attr.string(node, 'thread_id'),
    attr.string(graph, 'default_thread'),
    node.classes[0],
    previousNode,
  ];
  return candidates.find((thread) => thread !== undefined && thread !== '');
}
