/** Which child workflow a manager node runs (engine reference §3.2 stack.manager_loop). */
import { FabroError } from '@fabro/protocol';
import { resolveReference } from '../files/manifest-path.js';
import { type Attributed, attr } from '../graph/attributes.js';
import type { GraphNode } from '../graph/graph.js';

/** Attributes that hold, or name, the child; the first one present counts. */
export const CHILD_SOURCE = 'stack.child_dot_source';
export const CHILD_FILES = ['stack.child_workflow', 'stack.child_dotfile'] as const;

export type ChildReference =
  /** The text of the child stands in the attribute. */
  | { readonly kind: 'inline'; readonly attribute: string; readonly source: string }
  /** The file as written, relative to the workflow that names it. */
  | { readonly kind: 'file'; readonly attribute: string; readonly file: string };

/** Names a child workflow among those of a run; for a file it is the normalised manifest path. */
export type ChildKey = string;

/** What a node says about its child; undefined when it says nothing. */
export function childReference(node: Attributed): ChildReference | undefined {
  const source = attr.string(node, CHILD_SOURCE);
  if (source !== undefined && source.trim() !== '')
    return { kind: 'inline', attribute: CHILD_SOURCE, source };
  for (const attribute of CHILD_FILES) {
    const file = attr.string(node, attribute)?.trim();
    if (file !== undefined && file !== '') return { kind: 'file', attribute, file };
  }
  return undefined;
}

/**
 * The key of a manager node's child, from the node alone. A child's own key is the path of its graph: what it
 * names is relative to that, and the keys of its children are made with it.
 * Undefined for a node without a child, and for a file that no manifest can hold.
 * @param path manifest path of the graph in which the node stands, or the key of that graph.
 */
export function childKeyOf(node: GraphNode, path: string): ChildKey | undefined {
  const reference = childReference(node);
  if (reference === undefined) return undefined;
  try {
    return childKey(node, path, reference);
  } catch (error) {
    if (error instanceof FabroError) return undefined;
    throw error;
  }
}

/** Throws a FabroError `invalid_manifest` for a file that no manifest can hold. */
export function childKey(node: GraphNode, path: string, reference: ChildReference): ChildKey {
  return reference.kind === 'inline'
    ? `${path}#${node.id}`
    : resolveReference(path, reference.file);
}
