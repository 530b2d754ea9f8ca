/** The node that stands for an imported workflow (engine reference §1.4). */
import { type Attribute, type Attributes, attr } from '../graph/attributes.js';
import { type Graph, type GraphNode, outgoing } from '../graph/graph.js';

/** Why an import cannot be carried out; the message is literal, the fix says what to do. */
export interface ImportProblem {
  readonly message: string;
  readonly fix: string;
}

/** Besides `import` and `class`: values for nodes of the imported workflow that say nothing themselves. */
const DEFAULTS = [
  'model',
  'provider',
  'reasoning_effort',
  'speed',
  'backend',
  'fidelity',
  'max_retries',
  'thread_id',
];

export interface Placeholder {
  readonly node: GraphNode;
  /** The file as written. */
  readonly file: string;
  readonly defaults: Attributes;
}

/** The placeholders of a graph, in order. */
export function placeholdersOf(graph: Graph): GraphNode[] {
  return [...graph.nodes.values()].filter((node) => attr.string(node, 'import') !== undefined);
}

/** What the placeholder says, or what is wrong with it. */
export function readPlaceholder(graph: Graph, node: GraphNode): Placeholder | ImportProblem {
  const { id } = node;
  if (outgoing(graph, id).some(({ to }) => to === id))
    return {
      message: `import placeholder '${id}' cannot have a self-loop`,
      fix: `Remove the edge ${id} -> ${id}, or put the loop into the imported workflow`,
    };
  const defaults = new Map<string, Attribute>();
  for (const [key, attribute] of node.attributes) {
    if (DEFAULTS.includes(key)) defaults.set(key, attribute);
    // What `node [...]` gives to every node is no word about this one.
    else if (key !== 'import' && key !== 'class' && attribute.inherited !== true)
      return {
        message: `import placeholder '${id}' has unsupported attribute '${key}'`,
        fix: `Write ${key} at the nodes of the imported workflow; a placeholder has import, class, ${DEFAULTS.join(', ')}`,
      };
  }
  return { node, file: attr.string(node, 'import')?.trim() ?? '', defaults };
}
