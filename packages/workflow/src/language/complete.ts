/** What may be written at a place of a workflow that is being typed. */
import type { AttributeScope, AttributeSpec } from '../catalogue/attribute-spec.js';
import { ATTRIBUTES, attributesOfHandler, findAttribute } from '../catalogue/attributes.js';
import { MAX_COMPLETIONS } from '../limits.js';
import { attributeHelp } from './attribute-help.js';
import { textReference, valueAsWritten, workflowReference } from './attribute-kinds.js';
import { handlerOf, nodeIdsAround } from './nodes.js';
import { type OwnerOutline, allStatements, attributesIn, scopeOf } from './outline.js';
import { type Typing, typingAt } from './place.js';
import { outlineOf } from './read-outline.js';
import type { Span } from './tokens.js';
import { valuesOf } from './value-items.js';
import type { Vocabulary } from './vocabulary.js';

export type CompletionKind = 'attribute' | 'value' | 'node' | 'keyword' | 'file' | 'folder';

export interface Completion {
  readonly kind: CompletionKind;
  readonly label: string;
  /** What replaces the span. */
  readonly insert: string;
  /** A few words beside the label. */
  readonly detail?: string;
  /** In Markdown. */
  readonly documentation?: string;
}

export interface Completions {
  /** What an item replaces; around the cursor, on one line. */
  readonly span: Span;
  readonly items: readonly Completion[];
}

export interface CompletionInput {
  readonly source: string;
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly vocabulary: Vocabulary;
  /** Names in the folder of `filesWanted`, those of folders with a `/` at the end; default none. */
  readonly files?: readonly string[] | undefined;
}

const NONE: Completions = { span: { start: 0, end: 0 }, items: [] };

/** Attributes that nobody writes: older names, and what the preparation leaves behind. */
const NOT_OFFERED = ['import_error', 'codergen_mode', 'tool_command', 'stack.child_dotfile'];

/** What may be written at `offset`, the likeliest first. Never throws, also on half-typed text. */
export function completeAt(input: CompletionInput): Completions {
  const typing = typingAt(input.source, input.offset);
  if (typing === undefined) return NONE;
  const items = itemsFor(typing, input).filter(({ label }) => startsLike(label, typing.partial));
  return { span: typing.span, items: items.slice(0, MAX_COMPLETIONS) };
}

/** The folder whose names `completeAt` wants, relative to the workflow's own; undefined when it wants none. */
export function filesWanted(source: string, offset: number): string | undefined {
  const typing = typingAt(source, offset);
  const reference = typing && fileReference(typing);
  return reference === undefined ? undefined : reference.slice(0, reference.lastIndexOf('/') + 1);
}

/** What has been typed of a path, in an attribute that names a file. */
function fileReference({ tail, partial, quoted }: Typing): string | undefined {
  if (tail.expects !== 'value') return undefined;
  const scope = scopeOf(tail.statement);
  if (workflowReference(scope, tail.key.text)) return partial;
  if (quoted && textReference(scope, tail.key.text) && partial.startsWith('@'))
    return partial.slice(1);
  return undefined;
}

function itemsFor(typing: Typing, input: CompletionInput): readonly Completion[] {
  const { tail, partial, quoted } = typing;
  if (quoted && tail.expects !== 'value') return [];
  switch (tail.expects) {
    case 'nothing':
      return 'digraph'.startsWith(partial) && input.source.slice(0, typing.span.start).trim() === ''
        ? [keyword('digraph', 'digraph ')]
        : [];
    case 'statement':
      return statementItems(typing, input);
    case 'after_id':
      return partial === '' ? [] : statementItems(typing, input);
    case 'separator':
      return [];
    case 'target':
      return nodeIdsAround(input.source, typing.span).map((id) => node(id));
    case 'key':
      return keyItems(tail.statement, typing, input.source);
    case 'value':
      return fileReference(typing) === undefined
        ? valueItems(tail.statement, tail.key.text, { typing, input })
        : fileItems(input.files ?? [], typing);
    default:
      return tail satisfies never;
  }
}

function statementItems(typing: Typing, { source }: CompletionInput): Completion[] {
  const ids = nodeIdsAround(source, typing.span).map((id) => node(id));
  const keywords = ['graph', 'node', 'edge'].map((word) => keyword(word, `${word} [`));
  const declarations = ATTRIBUTES.filter(
    ({ scope, name }) => scope === 'graph' && !name.includes('.'),
  ).map((spec) => attribute(spec, typing, source));
  return [...ids, ...keywords, keyword('subgraph', 'subgraph '), ...declarations];
}

function keyItems(statement: OwnerOutline, typing: Typing, source: string): Completion[] {
  const written = new Set(writtenKeys(statement, typing, source));
  return specsFor(statement, source)
    .filter(({ name }) => !written.has(name) && !NOT_OFFERED.includes(name))
    .map((spec) => attribute(spec, typing, source));
}

/** The keys of the whole block, those behind the cursor too. */
function writtenKeys(statement: OwnerOutline, { span }: Typing, source: string): string[] {
  const before = attributesIn(statement).map(({ key }) => key.text);
  const whole = outlineOf(`${source.slice(0, span.start)} ,${source.slice(span.end)}`);
  const same = [...allStatements(whole.statements)].find(
    (other) => other.kind === statement.kind && other.start === statement.start,
  );
  const after = same === undefined ? [] : attributesIn(same).map(({ key }) => key.text);
  return [...before, ...after];
}

/** Attributes that make a difference there; those that few nodes have come first. */
function specsFor(statement: OwnerOutline, source: string): readonly AttributeSpec[] {
  const scope = scopeOf(statement);
  if (scope !== 'node' || statement.kind !== 'node')
    return ATTRIBUTES.filter((spec) => spec.scope === scope);
  const handler = handlerOf(outlineOf(source), statement.id.text);
  return attributesOfHandler(handler).toSorted((a, b) => readers(a) - readers(b));
}

function readers({ handlers }: AttributeSpec): number {
  return handlers?.length ?? Infinity;
}

function attribute(spec: AttributeSpec, { span }: Typing, source: string): Completion {
  const { name, type, default: standard } = spec;
  const hasSign = /^\s*=/.test(source.slice(span.end, span.end + 20));
  return {
    kind: 'attribute',
    label: name,
    insert: hasSign ? name : `${name}=`,
    detail: standard === undefined ? type : `${type}, default ${standard}`,
    documentation: attributeHelp(spec),
  };
}

interface ValueContext {
  readonly typing: Typing;
  readonly input: CompletionInput;
}

function valueItems(
  statement: OwnerOutline,
  key: string,
  { typing, input }: ValueContext,
): Completion[] {
  const { vocabulary, source } = input;
  const scope: AttributeScope = scopeOf(statement);
  const ids = (): readonly string[] => nodeIdsAround(source, typing.span);
  const items = valuesOf({ scope, key, vocabulary, ids });
  const help = findAttribute(scope, key);
  return items.map(({ text, kind, detail }) => ({
    kind,
    label: text,
    insert: typing.quoted ? text : valueAsWritten(text),
    ...(detail === undefined ? {} : { detail }),
    ...(help === undefined ? {} : { documentation: attributeHelp(help) }),
  }));
}

/** A file name as an item: it replaces what is typed after the last `/`. */
function fileItems(files: readonly string[], typing: Typing): Completion[] {
  const written = typing.partial.slice(0, typing.partial.lastIndexOf('/') + 1);
  const sign = written === '' && typing.partial.startsWith('@') ? '@' : written;
  return files.map((name) => ({
    kind: name.endsWith('/') ? 'folder' : 'file',
    label: `${sign}${name}`,
    insert: typing.quoted ? `${sign}${name}` : valueAsWritten(`${sign}${name}`),
  }));
}

/** Editors narrow by themselves; this keeps the list short where there are very many names. */
function startsLike(label: string, partial: string): boolean {
  const letters = partial.toLowerCase();
  let at = 0;
  for (const letter of label.toLowerCase()) if (letter === letters.charAt(at)) at++;
  return at >= letters.length;
}

function node(id: string): Completion {
  return { kind: 'node', label: id, insert: id };
}

function keyword(label: string, insert: string): Completion {
  return { kind: 'keyword', label, insert };
}
