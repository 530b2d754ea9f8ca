/** Attributes that nothing reads where they stand, and what may be said of them. */
import type { AttributeScope } from '../catalogue/attribute-spec.js';
import { findAttribute } from '../catalogue/attributes.js';
import { DRAWING_ATTRIBUTES } from '../catalogue/graphviz-names.js';
import type { Graph } from '../graph/graph.js';
import { elements } from './elements.js';
import type { Finding } from './diagnostic.js';
import { SeenAttributes } from './written-attribute.js';

export interface AttributeProblem {
  readonly why: string;
  readonly fix: string;
}

/** A finding for each attribute of which `problemOf` has something to say; once for a name and kind of element. */
export function* unreadAttributes(
  graph: Graph,
  problemOf: (scope: AttributeScope, name: string) => AttributeProblem | undefined,
): Iterable<Finding> {
  const seen = new SeenAttributes();
  const problems = new Map<string, AttributeProblem | undefined>();
  for (const { scope, name, attributes, node, edge } of elements(graph))
    for (const [key, attribute] of attributes) {
      if (findAttribute(scope, key) !== undefined || DRAWING_ATTRIBUTES.has(key)) continue;
      const kind = `${scope} ${key}`;
      if (!problems.has(kind)) problems.set(kind, problemOf(scope, key));
      const problem = problems.get(kind);
      if (problem === undefined || !seen.isNew(attribute, key)) continue;
      yield {
        message: `${name} has attribute '${key}', ${problem.why}; it has no effect`,
        node,
        edge,
        fix: problem.fix,
        position: attribute.position,
      };
    }
}
