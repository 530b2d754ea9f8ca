/** `@file`: the node attribute `prompt` and the graph attribute `goal` may name a file that holds the text. */
import type { Owner } from '../graph/assemble.js';
import { type Attributes, attr } from '../graph/attributes.js';

/** The attribute of an owner that may name a file. */
export function fileAttribute(owner: Owner): string | undefined {
  switch (owner.kind) {
    case 'graph':
      return 'goal';
    case 'node':
      return 'prompt';
    case 'edge':
      return undefined;
    default:
      return owner satisfies never;
  }
}

/** The reference of an owner, without its `@`; undefined when the text stands in the attribute itself. */
export function fileReference(attributes: Attributes, owner: Owner): string | undefined {
  const key = fileAttribute(owner);
  const text = key === undefined ? undefined : attr.string({ attributes }, key);
  return text?.startsWith('@') ? text.slice(1).trim() : undefined;
}
