import type { DotSyntaxError } from '../dot/syntax-error.js';
import type { GraphEdge, GraphNode } from '../graph/graph.js';
import type { Position } from '../text/position.js';

export type Severity = 'error' | 'warning' | 'info';

/** What is wrong with a workflow, where, and what to do about it. Absent parts are null. */
export interface Diagnostic {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly node_id: string | null;
  readonly edge: readonly [from: string, to: string] | null;
  readonly fix: string | null;
  readonly position: Position | null;
}

/** What a rule says; the runner adds the rule's name and severity. */
export interface Finding {
  readonly message: string;
  readonly node?: GraphNode | undefined;
  readonly edge?: GraphEdge | undefined;
  /** What to do about it, without a full stop. */
  readonly fix: string;
  /** Default: where the node or the edge is written. */
  readonly position?: Position | undefined;
}

/** The diagnostic for a finding. */
export function diagnosticOf(rule: string, severity: Severity, finding: Finding): Diagnostic {
  const { message, node, edge, fix } = finding;
  return {
    rule,
    severity,
    message,
    node_id: node?.id ?? null,
    edge: edge === undefined ? null : [edge.from, edge.to],
    fix,
    position: finding.position ?? node?.position ?? edge?.position ?? null,
  };
}

/** The diagnostic for a text that cannot be read. */
export function syntaxDiagnostic(error: DotSyntaxError): Diagnostic {
  return {
    rule: 'parse_error',
    severity: 'error',
    message: error.message,
    node_id: null,
    edge: null,
    fix: error.remedy,
    position: error.position,
  };
}
