/** What an imported workflow must look like: one way in at its start, one way out at its exit. */
import { endpointIds } from '../graph/assemble.js';
import { type Graph, type GraphEdge, incoming, outgoing } from '../graph/graph.js';
import type { ImportProblem } from './placeholder.js';

/** An imported workflow, and the ends that vanish when it is put in place. */
export interface Importable {
  readonly graph: Graph;
  readonly startId: string;
  readonly exitId: string;
  /** The nodes at which it begins and ends; undefined for a workflow of nothing but start and exit. */
  readonly ends: { readonly entry: string; readonly last: string } | undefined;
}

/** Attributes that mean something to a run; an edge that vanishes must have none. */
const SEMANTIC = [
  'condition',
  'label',
  'weight',
  'fidelity',
  'thread_id',
  'loop_restart',
  'freeform',
];

/** The first attribute of the edge that means something to a run. */
export function semanticAttribute(edge: GraphEdge): string | undefined {
  return SEMANTIC.find((key) => edge.attributes.has(key));
}

/** The workflow as it can be put in place of a placeholder, or why it cannot. */
export function checkImportable(graph: Graph): Importable | ImportProblem {
  const startIds = endpointIds(graph.nodes.values(), 'start');
  const exitIds = endpointIds(graph.nodes.values(), 'exit');
  const [startId] = startIds;
  const [exitId] = exitIds;
  if (startId === undefined || startIds.length !== 1)
    return {
      message: `imported workflow must have exactly one start node, found ${startIds.length}`,
      fix: 'Give the imported workflow one node of shape=Mdiamond',
    };
  if (exitId === undefined || exitIds.length !== 1)
    return {
      message: `imported workflow must have exactly one exit node, found ${exitIds.length}`,
      fix: 'Give the imported workflow one node of shape=Msquare',
    };
  const [into] = incoming(graph, startId);
  if (into !== undefined)
    return wayBack(into, `imported workflow leads an edge to its start node '${startId}'`);
  const [outOf] = outgoing(graph, exitId);
  if (outOf !== undefined)
    return wayBack(outOf, `imported workflow leads an edge from its exit node '${exitId}'`);
  const first = outgoing(graph, startId);
  const final = incoming(graph, exitId);
  if (first.length !== 1)
    return {
      message: `imported workflow must have exactly one successor of its start node '${startId}', found ${first.length}`,
      fix: 'Begin the imported workflow with one node, for example one that branches',
    };
  if (final.length !== 1)
    return {
      message: `imported workflow must have exactly one predecessor of its exit node '${exitId}', found ${final.length}`,
      fix: 'Lead all ways of the imported workflow to one last node',
    };
  return withEnds({ graph, startId, exitId, ends: undefined }, [...first, ...final]);
}

function wayBack(edge: GraphEdge, message: string): ImportProblem {
  return { message, fix: `Remove the edge ${edge.from} -> ${edge.to} of the imported workflow` };
}

function withEnds(importable: Importable, edges: readonly GraphEdge[]): Importable | ImportProblem {
  const [first, final] = edges;
  for (const edge of edges) {
    const key = semanticAttribute(edge);
    if (key !== undefined)
      return {
        message: `imported workflow has '${key}' on edge ${edge.from} -> ${edge.to}, which vanishes with its start and exit`,
        fix: `Remove ${key} from the edge, or add a node between`,
      };
  }
  if (first === undefined || final === undefined || first.to === importable.exitId) {
    if (importable.graph.nodes.size === 2) return importable;
    return {
      message: `imported workflow leads from its start node straight to its exit node, past its other nodes`,
      fix: 'Lead the start node to the first of the other nodes',
    };
  }
  return { ...importable, ends: { entry: first.to, last: final.from } };
}
