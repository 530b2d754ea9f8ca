/** Puts imported workflows in the place of their placeholders (engine reference §1.4). */
import { CHILD_FILES } from '../children/child-reference.js';
import { FabroError } from '@fabro/protocol';
import { referenceTo, resolveReference } from '../files/manifest-path.js';
import { type EdgeParts, type NodeParts, assembleGraph } from '../graph/assemble.js';
import { type Attribute, type Attributes, attr, withText } from '../graph/attributes.js';
import type { Cluster, Graph } from '../graph/graph.js';
import { mapPositions } from '../graph/map-positions.js';
import { type Position, originOf } from '../text/position.js';
import { bypass } from './bypass.js';
import type { Placeholder } from './placeholder.js';
import type { Importable } from './sentinels.js';
import { renameTargets } from './targets.js';

/** An import that can be carried out. */
export interface Replacement {
  readonly placeholder: Placeholder;
  readonly imported: Importable;
  /** Manifest path of the imported workflow. */
  readonly path: string;
}

/**
 * The graph with every placeholder replaced: the ends of the imported workflows vanish, their nodes are called
 * `X.n`, edges to the placeholder lead to the first node, edges from it leave the last one.
 * @param path manifest path of the graph.
 */
export function splice(graph: Graph, path: string, replacements: readonly Replacement[]): Graph {
  if (replacements.length === 0) return graph;
  const parts = new Map(
    replacements.map((replacement) => [
      replacement.placeholder.node.id,
      partsOf(replacement, path),
    ]),
  );
  const entryOf = (id: string): string | undefined => parts.get(id)?.entry;
  const nodes: NodeParts[] = [];
  for (const node of graph.nodes.values()) {
    const replaced = parts.get(node.id);
    if (replaced !== undefined) nodes.push(...replaced.nodes);
    else {
      const attributes = renameTargets(node.attributes, entryOf);
      nodes.push(attributes === node.attributes ? node : { ...node, attributes });
    }
  }
  const empty = replacements.filter(({ imported }) => imported.ends === undefined);
  const edges = bypass(
    graph.edges,
    empty.map(({ placeholder }) => placeholder.node.id),
  ).map((edge) => {
    const from = parts.get(edge.from)?.last ?? edge.from;
    const to = entryOf(edge.to) ?? edge.to;
    return from === edge.from && to === edge.to ? edge : { ...edge, from, to };
  });
  return assembleGraph({
    ...graph,
    attributes: renameTargets(graph.attributes, entryOf),
    nodes,
    edges: [...edges, ...[...parts.values()].flatMap((replaced) => replaced.edges)],
    clusters: clustersOf(graph.clusters, parts),
  });
}

interface Parts {
  readonly nodes: readonly NodeParts[];
  readonly edges: readonly EdgeParts[];
  readonly cluster: Cluster;
  /** New ids of the first and the last node; undefined for an empty import. */
  readonly entry: string | undefined;
  readonly last: string | undefined;
}

function partsOf({ placeholder, imported, path: from }: Replacement, path: string): Parts {
  const { node, defaults } = placeholder;
  const position = attr.position(node, 'import') ?? node.position;
  const at = (inner: Position): Position => ({ ...position, origin: originOf(inner, from) });
  const graph = mapPositions(imported.graph, at);
  const { startId, exitId, ends } = imported;
  const isEnd = (id: string): boolean => id === startId || id === exitId;
  const prefixed = (id: string): string => `${node.id}.${id}`;
  const rename = (id: string): string | undefined => {
    const inner = id === startId ? ends?.entry : id === exitId ? ends?.last : id;
    return inner !== undefined && graph.nodes.has(inner) ? prefixed(inner) : undefined;
  };
  const classes = [...node.classes, node.id.toLowerCase().replaceAll('_', '')];
  const nodes = [...graph.nodes.values()]
    .filter(({ id }) => !isEnd(id))
    .map((inner) => ({
      id: prefixed(inner.id),
      attributes: renameTargets(
        withDefaults(relocated(inner.attributes, from, path), defaults),
        rename,
        prefixed,
      ),
      classes: [...new Set([...inner.classes, ...classes])],
      position: inner.position,
    }));
  const edges = graph.edges
    .filter((edge) => !isEnd(edge.from) && !isEnd(edge.to))
    .map((edge) => ({ ...edge, from: prefixed(edge.from), to: prefixed(edge.to) }));
  return {
    nodes,
    edges,
    cluster: {
      label: node.id,
      nodes: nodes.map(({ id }) => id),
      clusters: [],
    },
    entry: ends && prefixed(ends.entry),
    last: ends && prefixed(ends.last),
  };
}

function withDefaults(own: Attributes, defaults: Attributes): Attributes {
  const missing = [...defaults].filter(([key]) => !own.has(key));
  return missing.length === 0 ? own : new Map([...own, ...missing]);
}

/** Child workflows are named relative to the imported file; from here they are named relative to `path`. */
function relocated(attributes: Attributes, from: string, path: string): Attributes {
  let changed: Attributes = attributes;
  for (const key of CHILD_FILES) {
    const file = attributes.get(key);
    if (file?.kind !== 'string') continue;
    const value = relocatedReference(file.value, from, path);
    if (value !== file.value)
      changed = new Map<string, Attribute>(changed).set(key, withText(file, value));
  }
  return changed;
}

function relocatedReference(reference: string, from: string, path: string): string {
  try {
    return referenceTo(path, resolveReference(from, reference.trim()));
  } catch (error) {
    // It cannot be part of a manifest; whoever looks for the child says so.
    if (error instanceof FabroError) return reference;
    throw error;
  }
}

/** Every import is a cluster of its own, where its placeholder was. */
function clustersOf(clusters: readonly Cluster[], parts: ReadonlyMap<string, Parts>): Cluster[] {
  const placed = new Set<string>();
  const inside = (cluster: Cluster): Cluster => {
    const found = cluster.nodes.filter((id) => parts.has(id));
    for (const id of found) placed.add(id);
    return {
      ...cluster,
      nodes: cluster.nodes.filter((id) => !parts.has(id)),
      clusters: [...cluster.clusters.map(inside), ...found.flatMap((id) => clusterOf(parts, id))],
    };
  };
  const known = clusters.map(inside);
  const free = [...parts.keys()].filter((id) => !placed.has(id));
  return [...known, ...free.flatMap((id) => clusterOf(parts, id))];
}

function clusterOf(parts: ReadonlyMap<string, Parts>, id: string): Cluster[] {
  const cluster = parts.get(id)?.cluster;
  return cluster === undefined || cluster.nodes.length === 0 ? [] : [cluster];
}
