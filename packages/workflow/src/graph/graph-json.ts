/** The graph as JSON (engine reference §1.2). */
import type { JsonObject, JsonValue } from '@fabro/protocol';
import type { AttributeValue, Attributes } from './attributes.js';
import type { Graph, GraphNode } from './graph.js';

/** `{name, nodes, edges, attrs}`; `classes` is absent when a node has none. */
export function graphToJson(graph: Graph): JsonObject {
  return {
    name: graph.name,
    nodes: Object.fromEntries([...graph.nodes.values()].map((node) => [node.id, nodeJson(node)])),
    edges: graph.edges.map((edge) => ({
      from: edge.from,
      to: edge.to,
      attrs: attributesJson(edge.attributes),
    })),
    attrs: attributesJson(graph.attributes),
  };
}

function nodeJson(node: GraphNode): JsonObject {
  const json = { id: node.id, attrs: attributesJson(node.attributes) };
  return node.classes.length === 0 ? json : { ...json, classes: [...node.classes] };
}

function attributesJson(attributes: Attributes): JsonObject {
  return Object.fromEntries([...attributes].map(([key, value]) => [key, valueJson(value)]));
}

function valueJson(value: AttributeValue): JsonValue {
  switch (value.kind) {
    case 'string':
      return { String: value.value };
    case 'integer':
      return { Integer: value.value };
    case 'float':
      return { Float: value.value };
    case 'boolean':
      return { Boolean: value.value };
    case 'duration':
      return {
        Duration: { secs: Math.floor(value.value / 1000), nanos: (value.value % 1000) * 1_000_000 },
      };
    default:
      return value satisfies never;
  }
}
