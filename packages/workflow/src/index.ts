export { type Origin, type Position } from './text/position.js';
export { codeFrame } from './text/code-frame.js';
export {
  type Ast,
  type AttributeSyntax,
  type NodeReference,
  type Statement,
  type Value,
} from './dot/ast.js';
export { DotSyntaxError } from './dot/syntax-error.js';
export { parseDot } from './dot/parse.js';
export { astToJson } from './dot/ast-json.js';
export {
  type Attribute,
  type AttributeValue,
  type Attributed,
  type Attributes,
  attr,
  attributeText,
} from './graph/attributes.js';
export {
  type Cluster,
  type EdgeCondition,
  type Graph,
  type GraphEdge,
  type GraphNode,
  goalOf,
  incoming,
  isTerminalNode,
  labelOf,
  outgoing,
} from './graph/graph.js';
export { HANDLER_TYPES, type HandlerType } from './graph/handler-type.js';
export {
  type AttributeScope,
  type AttributeSpec,
  type AttributeType,
  FIDELITY_MODES,
} from './catalogue/attribute-spec.js';
export { ATTRIBUTES, attributesOfHandler, findAttribute } from './catalogue/attributes.js';
export { buildGraph } from './graph/build.js';
export { graphToJson } from './graph/graph-json.js';
export { type Condition, type ConditionParse } from './conditions/condition.js';
export { parseCondition } from './conditions/parse.js';
export {
  type ConditionSubject,
  type ContextLookup,
  conditionHolds,
} from './conditions/evaluate.js';
export { normalizeLabel } from './routing/labels.js';
export { type Choice, type Choices, choicesOf } from './routing/choices.js';
export { retryTargetOf } from './routing/retry-target.js';
export {
  type EdgeReason,
  type RoutingInput,
  type RoutingOutcome,
  type Selection,
  selectEdge,
} from './routing/select-edge.js';
export {
  type TemplateEngine,
  TemplateError,
  type TemplatePlace,
  type TemplateVariables,
  hasTemplate,
} from './templates/engine.js';
export { HOME_FOLDER, normaliseManifestPath, resolveManifestPath } from './files/manifest-path.js';
export {
  type Bundle,
  type BundleOptions,
  type BundledFile,
  type BundledWorkflow,
  type ReadText,
  bundle,
} from './files/bundle.js';
export { type Diagnostic, type Severity, syntaxDiagnostic } from './lint/diagnostic.js';
export { LINT_RULES, lint } from './lint/lint.js';
export { type LintContext, type Rule } from './lint/rule.js';
export {
  type ShownFile,
  diagnosticLine,
  formatDiagnostic,
  validationErrorMessage,
} from './lint/format.js';
export { type ModelNames, type NamedModel, type NamedProvider } from './model-names/model-names.js';
export {
  type Pass,
  type PassResult,
  type PrepareInput,
  type Prepared,
  prepare,
} from './prepare.js';
export { type ChildKey, childKeyOf } from './children/child-reference.js';
export {
  type PrepareAllInput,
  type PreparedAll,
  type WorkflowText,
  prepareAll,
} from './children/prepare-all.js';
export { type GraphvizOptions, toGraphviz } from './graphviz.js';
export { type Span } from './language/tokens.js';
export { type NamedThing, type Vocabulary } from './language/vocabulary.js';
export { type Hover, type HoverInput, hoverAt } from './language/hover.js';
export {
  type Completion,
  type CompletionInput,
  type CompletionKind,
  type Completions,
  completeAt,
  filesWanted,
} from './language/complete.js';
export { type Definition, definitionAt } from './language/define.js';
export { type WorkflowSymbol, symbolsOf } from './language/symbols.js';
export { diagnosticSpans } from './language/diagnostic-span.js';
export { type QuickFix, quickFixes } from './language/quick-fixes.js';
