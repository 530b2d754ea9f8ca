/** Puts canonical model names on nodes (pass 8 of engine reference §1.3). */
import { type Attribute, type Attributes, attr } from '../graph/attributes.js';
import { type Graph, type GraphNode, withNodeAttributes } from '../graph/graph.js';
import type { ModelNames } from './model-names.js';

/**
 * The graph in which aliases of models are ids, and nodes that name a model and no provider have the
 * model's. Unknown names stay; lint reports them. A provider whose models are not listed has names of its own.
 */
export function resolveModelNames(graph: Graph, names: ModelNames): Graph {
  return withNodeAttributes(graph, (node) => resolved(node, names));
}

function resolved(node: GraphNode, names: ModelNames): Attributes {
  const written = node.attributes.get('model');
  if (written?.kind !== 'string') return node.attributes;
  const provider = attr.string(node, 'provider');
  if (provider !== undefined && names.provider(provider)?.listsModels === false)
    return node.attributes;
  const model = names.model(written.value);
  if (model === undefined) return node.attributes;
  const canonical: Attribute = { kind: 'string', value: model.id, position: written.position };
  const attributes = new Map(node.attributes).set('model', canonical);
  if (!attributes.has('provider'))
    attributes.set('provider', { ...canonical, value: model.provider });
  return attributes;
}
