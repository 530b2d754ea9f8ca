/** Attributes whose text names a file: their templates are filled in before files are looked for. */
import { CHILD_FILES } from '../children/child-reference.js';
import { fileAttribute } from '../files/references.js';
import { type Owner, mapAttributes } from '../graph/assemble.js';
import { type Attribute, type Attributes, withText } from '../graph/attributes.js';
import type { Graph } from '../graph/graph.js';
import { MIN_STEPS_OF_TEMPLATE } from '../limits.js';
import {
  type TemplateEngine,
  TemplateError,
  type TemplateVariables,
  hasTemplate,
} from './engine.js';
import { GOAL_TEMPLATE, type Inputs, render } from './whole.js';

/**
 * The graph with the inputs filled into what names a file: `@file` in prompts and in the goal, `import`, and
 * the file of a child workflow. What cannot be rendered stays, for the pass over all attributes to report.
 */
export function renderReferences(
  graph: Graph,
  { inputs, engine }: { readonly inputs: Inputs; readonly engine: TemplateEngine | undefined },
): Graph {
  const variables: TemplateVariables = { goal: GOAL_TEMPLATE, inputs };
  return mapAttributes(graph, (attributes, owner) => {
    let changed: Map<string, Attribute> | undefined;
    for (const key of referenceKeys(attributes, owner)) {
      const attribute = attributes.get(key);
      if (attribute?.kind !== 'string' || !hasTemplate(attribute.value)) continue;
      const value = rendered(engine, attribute.value, variables);
      if (value !== undefined && (key !== fileAttribute(owner) || value.startsWith('@')))
        (changed ??= new Map(attributes)).set(key, withText(attribute, value));
    }
    return changed ?? attributes;
  });
}

function* referenceKeys(attributes: Attributes, owner: Owner): Generator<string> {
  const key = fileAttribute(owner);
  const text = key === undefined ? undefined : attributes.get(key);
  // Long prompts are rendered once: one that names a file begins with "@", or with the template that gives it.
  if (key !== undefined && text?.kind === 'string' && /^(@|\{[{%#])/.test(text.value)) yield key;
  if (owner.kind === 'node') yield* ['import', ...CHILD_FILES];
}

function rendered(
  engine: TemplateEngine | undefined,
  text: string,
  variables: TemplateVariables,
): string | undefined {
  try {
    return render(engine, text, variables, MIN_STEPS_OF_TEMPLATE);
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}
