import type { Graph } from '../graph/graph.js';
import type { ModelNames } from '../model-names/model-names.js';
import type { StylesheetParse } from '../stylesheet/stylesheet.js';
import type { Finding, Severity } from './diagnostic.js';

export interface LintContext {
  readonly graph: Graph;
  /** The workflow's path in the manifest; file references are relative to it. */
  readonly path: string;
  /** The models there are; without it names of models and providers are not checked. */
  readonly models?: ModelNames | undefined;
}

/** What rules look at. */
export interface RuleContext extends LintContext {
  /** The graph's stylesheet, parsed once for all rules; undefined when there is none. */
  readonly stylesheet: StylesheetParse | undefined;
}

/** One check of a graph. It looks at nothing but its context, takes linear time and never throws. */
export interface Rule {
  readonly name: string;
  readonly severity: Severity;
  /** When it reports, in one sentence; the reference page shows it. */
  readonly doc: string;
  /** Section of the engine reference with the rule, or `ours` for what this project adds. */
  readonly source: '§2' | 'ours';
  check(context: RuleContext): Iterable<Finding>;
}
