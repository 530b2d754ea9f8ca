import type { Graph } from '../graph/graph.js';
import type { Finding, Severity } from './diagnostic.js';

export interface LintContext {
  readonly graph: Graph;
  /** The workflow's path in the manifest; file references are relative to it. */
  readonly path: string;
}

/** One check of a graph. It looks at nothing but the graph and never throws. */
export interface Rule {
  readonly name: string;
  readonly severity: Severity;
  check(context: LintContext): Iterable<Finding>;
}
