/** The rules in the order in which they run (engine reference §2). */
import { type Diagnostic, diagnosticOf } from './diagnostic.js';
import type { LintContext, Rule } from './rule.js';
import { allConditionalEdges } from './rules/all-conditional-edges.js';
import { conditionSyntax } from './rules/condition-syntax.js';
import { directionValid } from './rules/direction-valid.js';
import { edgeTargetExists } from './rules/edge-target-exists.js';
import { exitNoOutgoing } from './rules/exit-no-outgoing.js';
import { freeformEdgeCount } from './rules/freeform-edge-count.js';
import { goalGateHasRetry } from './rules/goal-gate-has-retry.js';
import { importError } from './rules/import-error.js';
import { orphanCustomOutcome } from './rules/orphan-custom-outcome.js';
import { promptOnLlmNodes } from './rules/prompt-on-llm-nodes.js';
import { randomSelectionNoConditions } from './rules/random-selection-no-conditions.js';
import { reachability } from './rules/reachability.js';
import { reservedKeywordNodeId } from './rules/reserved-keyword-node-id.js';
import { retryTargetExists } from './rules/retry-target-exists.js';
import { scriptAbsoluteCd } from './rules/script-absolute-cd.js';
import { selectionValid } from './rules/selection-valid.js';
import { startNoIncoming } from './rules/start-no-incoming.js';
import { startNode } from './rules/start-node.js';
import { terminalNode } from './rules/terminal-node.js';
import { typeKnown } from './rules/type-known.js';
import { unresolvedFileRef } from './rules/unresolved-file-ref.js';

/** Every rule, in order. */
export const LINT_RULES: readonly Rule[] = [
  startNode,
  terminalNode,
  reachability,
  edgeTargetExists,
  startNoIncoming,
  exitNoOutgoing,
  conditionSyntax,
  typeKnown,
  retryTargetExists,
  goalGateHasRetry,
  promptOnLlmNodes,
  freeformEdgeCount,
  directionValid,
  reservedKeywordNodeId,
  allConditionalEdges,
  orphanCustomOutcome,
  scriptAbsoluteCd,
  importError,
  unresolvedFileRef,
  selectionValid,
  randomSelectionNoConditions,
];

/** What the rules find, in their order. Never throws. */
export function lint(context: LintContext): Diagnostic[] {
  return LINT_RULES.flatMap((rule) =>
    [...rule.check(context)].map((finding) => diagnosticOf(rule.name, rule.severity, finding)),
  );
}
