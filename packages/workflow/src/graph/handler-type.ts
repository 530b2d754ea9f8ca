/** Which handler runs a node (engine reference §3.1). */
import { type Attributed, attr } from './attributes.js';

export const HANDLER_TYPES = [
  'start',
  'exit',
  'agent',
  'prompt',
  'human',
  'conditional',
  'parallel',
  'parallel.fan_in',
  'command',
  'stack.manager_loop',
  'wait',
] as const;
export type HandlerType = (typeof HANDLER_TYPES)[number];

/** Names of older releases. */
const LEGACY_TYPES: ReadonlyMap<string, HandlerType> = new Map([
  ['agent_loop', 'agent'],
  ['one_shot', 'prompt'],
  ['tool', 'command'],
]);

const SHAPE_TYPES: ReadonlyMap<string, HandlerType> = new Map([
  ['Mdiamond', 'start'],
  ['Msquare', 'exit'],
  ['box', 'agent'],
  ['tab', 'prompt'],
  ['hexagon', 'human'],
  ['diamond', 'conditional'],
  ['component', 'parallel'],
  ['tripleoctagon', 'parallel.fan_in'],
  ['parallelogram', 'command'],
  ['house', 'stack.manager_loop'],
  ['insulator', 'wait'],
]);

/** Every value of the attribute `shape` that says what a node does. */
export const KNOWN_SHAPES: readonly string[] = [...SHAPE_TYPES.keys()];

/** The type that a shape stands for; undefined for a shape that only draws. */
export function typeOfShape(shape: string): HandlerType | undefined {
  return SHAPE_TYPES.get(shape);
}

/** Every value of the attribute `type` that has a meaning, in the order in which messages list them. */
export const KNOWN_TYPES: readonly string[] = [
  'start',
  'exit',
  'agent',
  'agent_loop',
  'prompt',
  'one_shot',
  'human',
  'conditional',
  'parallel',
  'parallel.fan_in',
  'command',
  'tool',
  'stack.manager_loop',
  'wait',
];

function typeNamed(name: string): HandlerType | undefined {
  return HANDLER_TYPES.find((type) => type === name) ?? LEGACY_TYPES.get(name);
}

/**
 * Known explicit type, else shape, else agent. A node that is start or exit by its id alone is that, unless
 * it says otherwise by type, by a shape other than box, or by a prompt.
 */
export function resolveHandlerType(
  node: Attributed,
  byId: 'start' | 'exit' | undefined,
): HandlerType {
  const explicit = typeNamed(attr.string(node, 'type') ?? '');
  if (explicit !== undefined) return explicit;
  const byShape = typeOfShape(attr.string(node, 'shape') ?? '') ?? 'agent';
  if (byShape === 'agent' && byId !== undefined && attr.string(node, 'prompt') === undefined)
    return byId;
  return byShape;
}
