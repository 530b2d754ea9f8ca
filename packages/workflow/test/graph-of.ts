import { type Graph, type GraphNode, buildGraph, parseDot } from '@fabro/workflow';

/** The graph of statements in braces. */
export function graphOf(body: string): Graph {
  return buildGraph(parseDot(`digraph T {\n${body}\n}`));
}

/** The node of that id; fails the test when there is none. */
export function nodeOf(graph: Graph, id: string): GraphNode {
  const node = graph.nodes.get(id);
  if (node === undefined) throw new Error(`the graph has no node ${id}`);
  return node;
}
