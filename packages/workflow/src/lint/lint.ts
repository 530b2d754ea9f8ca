/** The rules in the order in which they run (engine reference §2), then those of our own. */
import { stylesheetOf } from '../stylesheet/apply.js';
import { type Diagnostic, diagnosticOf } from './diagnostic.js';
import type { LintContext, Rule, RuleContext } from './rule.js';
import { allConditionalEdges } from './rules/all-conditional-edges.js';
import { attributeKnown } from './rules/attribute-known.js';
import { attributePlace } from './rules/attribute-place.js';
import { attributeRequired } from './rules/attribute-required.js';
import { attributeType } from './rules/attribute-type.js';
import { attributeValue } from './rules/attribute-value.js';
import { conditionOutcomeKnown } from './rules/condition-outcome-known.js';
import { conditionParentheses } from './rules/condition-parentheses.js';
import { conditionSyntax } from './rules/condition-syntax.js';
import { defaultChoiceExists } from './rules/default-choice-exists.js';
import { defaultModelKnown } from './rules/default-model-known.js';
import { directionValid } from './rules/direction-valid.js';
import { edgeTargetExists } from './rules/edge-target-exists.js';
import { exitNoOutgoing } from './rules/exit-no-outgoing.js';
import { fidelityValid } from './rules/fidelity-valid.js';
import { freeformEdgeCount } from './rules/freeform-edge-count.js';
import { goalGateHasRetry } from './rules/goal-gate-has-retry.js';
import { importError } from './rules/import-error.js';
import { nodeModelKnown } from './rules/node-model-known.js';
import { orphanCustomOutcome } from './rules/orphan-custom-outcome.js';
import { promptOnLlmNodes } from './rules/prompt-on-llm-nodes.js';
import { promptPlaceholder } from './rules/prompt-placeholder.js';
import { randomSelectionNoConditions } from './rules/random-selection-no-conditions.js';
import { reachability } from './rules/reachability.js';
import { reservedKeywordNodeId } from './rules/reserved-keyword-node-id.js';
import { retryTargetExists } from './rules/retry-target-exists.js';
import { scriptAbsoluteCd } from './rules/script-absolute-cd.js';
import { selectionValid } from './rules/selection-valid.js';
import { startNoIncoming } from './rules/start-no-incoming.js';
import { startNode } from './rules/start-node.js';
import { stylesheetModelKnown } from './rules/stylesheet-model-known.js';
import { stylesheetPropertyKnown } from './rules/stylesheet-property-known.js';
import { stylesheetSyntax } from './rules/stylesheet-syntax.js';
import { terminalNode } from './rules/terminal-node.js';
import { threadIdRequiresFidelityFull } from './rules/thread-id-requires-fidelity-full.js';
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
  stylesheetSyntax,
  typeKnown,
  fidelityValid,
  retryTargetExists,
  goalGateHasRetry,
  promptOnLlmNodes,
  freeformEdgeCount,
  directionValid,
  reservedKeywordNodeId,
  allConditionalEdges,
  orphanCustomOutcome,
  scriptAbsoluteCd,
  stylesheetModelKnown,
  nodeModelKnown,
  importError,
  unresolvedFileRef,
  threadIdRequiresFidelityFull,
  selectionValid,
  randomSelectionNoConditions,
  attributeType,
  attributeValue,
  attributeKnown,
  attributePlace,
  attributeRequired,
  conditionOutcomeKnown,
  conditionParentheses,
  defaultChoiceExists,
  defaultModelKnown,
  stylesheetPropertyKnown,
  promptPlaceholder,
];

/** What the rules find, in their order. Never throws. */
export function lint(context: LintContext): Diagnostic[] {
  const shared: RuleContext = { ...context, stylesheet: stylesheetOf(context.graph) };
  return LINT_RULES.flatMap((rule) =>
    [...rule.check(shared)].map((finding) => diagnosticOf(rule.name, rule.severity, finding)),
  );
}
