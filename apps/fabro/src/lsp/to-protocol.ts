/** What the language says, in the words of the protocol. Pure. */
import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic as LspDiagnostic,
  DiagnosticSeverity,
  type DocumentSymbol,
  type Hover as LspHover,
  MarkupKind,
  type Range,
  SymbolKind,
} from 'vscode-languageserver-protocol/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type Completion,
  type CompletionKind,
  type Completions,
  type Diagnostic,
  type Hover,
  type QuickFix,
  type Severity,
  type Span,
  type WorkflowSymbol,
  diagnosticSpans,
} from '@fabro/workflow';
import { LSP_DIAGNOSTICS } from '../limits.js';
import { uriOf } from './paths.js';

/** Who says it, where an editor shows the words of several programs. */
const SOURCE = 'fabro';

export function rangeOf(document: TextDocument, { start, end }: Span): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/**
 * The diagnostics with their ranges; the rule is the code, and the remedy goes on a line of its own.
 * @param absolute gives the absolute path of a file that a diagnostic names.
 */
export function toDiagnostics(
  document: TextDocument,
  diagnostics: readonly Diagnostic[],
  absolute: ((path: string) => string) | undefined,
): LspDiagnostic[] {
  const spanOf = diagnosticSpans(document.getText());
  const shown = diagnostics.slice(0, LSP_DIAGNOSTICS).map((diagnostic): LspDiagnostic => {
    const { rule, severity, message, fix } = diagnostic;
    return {
      range: rangeOf(document, spanOf(diagnostic)),
      severity: SEVERITIES[severity],
      code: rule,
      source: SOURCE,
      message: placeInFile(diagnostic) + withRemedy(message, fix),
      ...(fix === null ? {} : { data: { fix } }),
      ...relatedPlace(diagnostic, absolute),
    };
  });
  const left = diagnostics.length - shown.length;
  if (left > 0)
    shown.push({
      range: rangeOf(document, { start: 0, end: 0 }),
      severity: DiagnosticSeverity.Information,
      source: SOURCE,
      message: `${left} more are not shown; \`fabro validate\` lists all.`,
    });
  return shown;
}

/** What is wrong in another file is shown where that is named, so its words give the place. */
function placeInFile({ position }: Diagnostic): string {
  const origin = position?.origin;
  return origin === undefined ? '' : `${origin.path}:${origin.line}:${origin.column}: `;
}

function relatedPlace(
  { position }: Diagnostic,
  absolute: ((path: string) => string) | undefined,
): Pick<LspDiagnostic, 'relatedInformation'> {
  const origin = position?.origin;
  if (origin === undefined || absolute === undefined) return {};
  const start = { line: origin.line - 1, character: origin.column - 1 };
  const location = { uri: uriOf(absolute(origin.path)), range: { start, end: start } };
  return { relatedInformation: [{ location, message: 'It is written here.' }] };
}

/** The messages of the parser hold their remedy already. */
function withRemedy(message: string, fix: string | null): string {
  return fix === null || message.endsWith(fix) ? message : `${message}\nFix: ${fix}`;
}

export function toHover(document: TextDocument, { markdown, span }: Hover): LspHover {
  return {
    contents: { kind: MarkupKind.Markdown, value: markdown },
    range: rangeOf(document, span),
  };
}

const COMPLETION_KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  attribute: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  node: CompletionItemKind.Reference,
  keyword: CompletionItemKind.Keyword,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
};

/** The items, which an editor keeps in this order. */
export function toCompletionItems(
  document: TextDocument,
  { span, items }: Completions,
): CompletionItem[] {
  const range = rangeOf(document, span);
  return items.map((item, index) => toCompletionItem(item, index, range));
}

function toCompletionItem(item: Completion, index: number, range: Range): CompletionItem {
  const { kind, label, insert, detail, documentation } = item;
  return {
    label,
    kind: COMPLETION_KINDS[kind],
    sortText: String(index).padStart(5, '0'),
    filterText: label,
    textEdit: { range, newText: insert },
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined
      ? {}
      : { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
  };
}

const SYMBOL_KINDS: Readonly<Record<WorkflowSymbol['kind'], SymbolKind>> = {
  graph: SymbolKind.Module,
  subgraph: SymbolKind.Namespace,
  node: SymbolKind.Function,
};

export function toDocumentSymbol(document: TextDocument, symbol: WorkflowSymbol): DocumentSymbol {
  const { kind, name, detail, span, nameSpan, children } = symbol;
  return {
    kind: SYMBOL_KINDS[kind],
    name,
    detail,
    range: rangeOf(document, span),
    selectionRange: rangeOf(document, nameSpan),
    children: children.map((child) => toDocumentSymbol(document, child)),
  };
}

/** The change of a quick fix as an action on the diagnostic that it mends. */
export function toCodeAction(
  document: TextDocument,
  { title, span, text }: QuickFix,
  { diagnostic, preferred }: { readonly diagnostic: LspDiagnostic; readonly preferred: boolean },
): CodeAction {
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    isPreferred: preferred,
    edit: {
      changes: { [document.uri]: [{ range: rangeOf(document, span), newText: text }] },
    },
  };
}
