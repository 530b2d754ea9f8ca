/** Where the branches of a parallel node come together: a pure fact of the graph. */
import { outgoing, type Graph } from '@fabro/workflow';

/**
 * The join of a parallel node: of the nodes that every branch can reach, a fan-in if there is one, else any;
 * among those the one whose farthest branch is nearest, ties by id. Undefined when the branches never meet.
 */
export function joinOf(graph: Graph, parallelNode: string): string | undefined {
  const known = joins.get(graph) ?? new Map<string, string | undefined>();
  joins.set(graph, known);
  if (!known.has(parallelNode)) known.set(parallelNode, findJoin(graph, parallelNode));
  return known.get(parallelNode);
}

/** A graph never changes, and every branch asks at every stage. */
const joins = new WeakMap<Graph, Map<string, string | undefined>>();

function findJoin(graph: Graph, parallelNode: string): string | undefined {
  const targets = outgoing(graph, parallelNode).map((edge) => edge.to);
  if (targets.length === 0) return undefined;
  const distances = targets.map((target) => distancesFrom(graph, target, parallelNode));
  const [first, ...rest] = distances;
  if (first === undefined) return undefined;
  const common = [...first.keys()].filter((node) => rest.every((d) => d.has(node)));
  const fanIns = common.filter((node) => graph.nodes.get(node)?.handler === 'parallel.fan_in');
  const candidates = fanIns.length > 0 ? fanIns : common;
  const farthest = (node: string): number =>
    Math.max(...distances.map((d) => d.get(node) ?? Number.POSITIVE_INFINITY));
  return candidates.toSorted((a, b) => farthest(a) - farthest(b) || (a < b ? -1 : 1))[0];
}

/** Steps from a node to every node that it reaches without passing the parallel node again. */
function distancesFrom(
  graph: Graph,
  from: string,
  parallelNode: string,
): ReadonlyMap<string, number> {
  const distances = new Map([[from, 0]]);
  const queue = [from];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const distance = (distances.get(next) ?? 0) + 1;
    for (const edge of outgoing(graph, next)) {
      if (edge.to === parallelNode || distances.has(edge.to)) continue;
      distances.set(edge.to, distance);
      queue.push(edge.to);
    }
  }
  return distances;
}
