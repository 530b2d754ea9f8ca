/**
 * Every attribute that has a meaning, as data: lint checks by it, editors complete from it, and
 * docs/reference/attributes.md is made from it. What is not listed is the author's own and changes nothing.
 */
import type { HandlerType } from '../graph/handler-type.js';
import type { AttributeScope, AttributeSpec } from './attribute-spec.js';
import { EDGE_ATTRIBUTES } from './edge-attributes.js';
import { GRAPH_ATTRIBUTES } from './graph-attributes.js';
import { HANDLER_ATTRIBUTES, LLM_ATTRIBUTES } from './handler-attributes.js';
import { NODE_ATTRIBUTES } from './node-attributes.js';

/** Every attribute, by scope; a name stands once in a scope. */
export const ATTRIBUTES: readonly AttributeSpec[] = [
  ...GRAPH_ATTRIBUTES,
  ...NODE_ATTRIBUTES,
  ...LLM_ATTRIBUTES,
  ...HANDLER_ATTRIBUTES,
  ...EDGE_ATTRIBUTES,
];

const BY_NAME: Readonly<Record<AttributeScope, ReadonlyMap<string, AttributeSpec>>> = {
  graph: byName('graph'),
  node: byName('node'),
  edge: byName('edge'),
};

function byName(scope: AttributeScope): ReadonlyMap<string, AttributeSpec> {
  const own = ATTRIBUTES.filter((spec) => spec.scope === scope);
  return new Map(own.map((spec) => [spec.name, spec]));
}

/** The attribute of that name; undefined for the author's own. */
export function findAttribute(scope: AttributeScope, name: string): AttributeSpec | undefined {
  return BY_NAME[scope].get(name);
}

/**
 * The attribute of that name where it is read: undefined for the author's own, and at a node whose type does
 * not read it.
 * @param handler the node's type; undefined at the graph and at edges.
 */
export function readAttribute(
  scope: AttributeScope,
  name: string,
  handler: HandlerType | undefined,
): AttributeSpec | undefined {
  const spec = findAttribute(scope, name);
  const { handlers } = spec ?? {};
  return handlers === undefined || (handler !== undefined && handlers.includes(handler))
    ? spec
    : undefined;
}

/** The attributes that a node of that type reads. */
export function attributesOfHandler(handler: HandlerType): AttributeSpec[] {
  return ATTRIBUTES.filter(
    ({ scope, handlers }) =>
      scope === 'node' && (handlers === undefined || handlers.includes(handler)),
  );
}
