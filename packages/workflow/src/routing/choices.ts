/** What a person may choose at a human node (engine reference §3.2). */
import { attr } from '../graph/attributes.js';
import { type Graph, type GraphEdge, outgoing } from '../graph/graph.js';
import { writtenAccelerator } from './labels.js';

export interface Choice {
  /** Unique among the choices of the node. */
  readonly key: string;
  /** The edge's label, else the id of the node it leads to. */
  readonly label: string;
  readonly to: string;
  readonly edge: GraphEdge;
}

export interface Choices {
  /** One for each outgoing edge that is not freeform, in source order. */
  readonly choices: readonly Choice[];
  /** The edge that any other text takes. */
  readonly freeform: GraphEdge | undefined;
}

/**
 * The choices of a human node. A key is the written accelerator, else the first character of the label that
 * no other choice has, else the choice's number.
 */
export function choicesOf(graph: Graph, nodeId: string): Choices {
  const edges = outgoing(graph, nodeId);
  const fixed = edges.filter((edge) => attr.boolean(edge, 'freeform') !== true);
  const labels = fixed.map((edge) => attr.string(edge, 'label') ?? edge.to);
  const keys = accelerators(labels);
  return {
    choices: fixed.map((edge, index) => ({
      key: keys[index] ?? String(index + 1),
      label: labels[index] ?? edge.to,
      to: edge.to,
      edge,
    })),
    freeform: edges.find((edge) => attr.boolean(edge, 'freeform') === true),
  };
}

function accelerators(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  const free = (key: string | undefined): key is string =>
    key !== undefined && !taken.has(key.toLowerCase());
  const take = (key: string): string => {
    taken.add(key.toLowerCase());
    return key;
  };
  // Written keys come first: nobody may lose the key that is shown in the label.
  const written = labels.map((label) => {
    const key = writtenAccelerator(label);
    return free(key) ? take(key) : undefined;
  });
  return labels.map((label, index) => {
    const key =
      written[index] ?? [...label].find((letter) => /[\p{L}\p{N}]/u.test(letter) && free(letter));
    if (key !== undefined) return written[index] === undefined ? take(key) : key;
    let number = index + 1;
    while (!free(String(number))) number++;
    return take(String(number));
  });
}
