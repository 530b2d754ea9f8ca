import type { Position } from '../text/position.js';
import { assembleGraph } from './assemble.js';
import type { Attributes } from './attributes.js';
import type { Graph } from './graph.js';

/**
 * The same graph with every position replaced.
 * @param rendered true when the texts of attributes are not what is written at their new places.
 */
export function mapPositions(
  graph: Graph,
  map: (position: Position) => Position,
  { rendered = false }: { readonly rendered?: boolean } = {},
): Graph {
  const mapAll = (attributes: Attributes): Attributes =>
    new Map(
      [...attributes].map(([key, { written, ...attribute }]) => [
        key,
        {
          ...attribute,
          position: map(attribute.position),
          ...(written === undefined || rendered ? {} : { written }),
        },
      ]),
    );
  return assembleGraph({
    ...graph,
    attributes: mapAll(graph.attributes),
    nodes: [...graph.nodes.values()].map((node) => ({
      ...node,
      attributes: mapAll(node.attributes),
      position: map(node.position),
    })),
    edges: graph.edges.map(({ from, to, attributes, position }) => ({
      from,
      to,
      attributes: mapAll(attributes),
      position: map(position),
    })),
    position: map(graph.position),
  });
}
