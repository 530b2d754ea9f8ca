/** What the text of an attribute names, where it names something. */
import type { AttributeScope } from '../catalogue/attribute-spec.js';
import { RETRY_TARGETS } from '../routing/retry-target.js';

/** Attributes that name the file of a child workflow. */
const CHILD_FILES = ['stack.child_workflow', 'stack.child_dotfile'];

/** True for an attribute that holds the id of a node. */
export function nodeReference(scope: AttributeScope, key: string): boolean {
  if (scope === 'edge') return false;
  if (scope === 'node' && key === 'human.default_choice') return true;
  return RETRY_TARGETS.some((name) => name === key);
}

/** True for an attribute that holds the path of a workflow. */
export function workflowReference(scope: AttributeScope, key: string): boolean {
  return scope === 'node' && (key === 'import' || CHILD_FILES.includes(key));
}

/** True for an attribute whose text may stand in a file, as `@path`. */
export function textReference(scope: AttributeScope, key: string): boolean {
  return scope === 'node' ? key === 'prompt' : scope === 'graph' && key === 'goal';
}

/** A value as it is written in a workflow: bare where the language takes it so, else in quotes. */
export function valueAsWritten(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text)) return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
