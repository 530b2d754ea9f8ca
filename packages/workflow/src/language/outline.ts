/** The shape of a workflow's text with a span for every part, as far as it can be made out. */
import type { AttributeScope } from '../catalogue/attribute-spec.js';
import type { Span } from './tokens.js';

/** A name where it is written. */
export interface Word extends Span {
  readonly text: string;
}

/** A value where it is written; the span of a quoted one includes its quotes, `text` does not. */
export interface OutlineValue extends Word {
  readonly kind: 'word' | 'text' | 'template';
  /** False for quoted text that is never closed. */
  readonly closed: boolean;
}

/** `key=value`; the value is missing while it is being typed. */
export interface OutlineAttribute extends Span {
  readonly key: Word;
  readonly value: OutlineValue | undefined;
}

/** `[...]`; a block that is never closed ends with what still belongs to it. */
export interface OutlineBlock extends Span {
  readonly attributes: readonly OutlineAttribute[];
}

interface NodeOutline extends Span {
  readonly kind: 'node';
  readonly id: Word;
  readonly block: OutlineBlock | undefined;
}

/** A chain; its last target is missing while it is being typed. */
export interface EdgeOutline extends Span {
  readonly kind: 'edge';
  readonly ids: readonly Word[];
  readonly block: OutlineBlock | undefined;
}

/** `graph [...]`, `node [...]`, `edge [...]`. */
interface DefaultsOutline extends Span {
  readonly kind: 'defaults';
  readonly scope: AttributeScope;
  readonly block: OutlineBlock;
}

/** `key = value` outside of a block. */
interface DeclarationOutline extends Span {
  readonly kind: 'declaration';
  readonly attribute: OutlineAttribute;
}

export interface SubgraphOutline extends Span {
  readonly kind: 'subgraph';
  readonly name: Word | undefined;
  readonly statements: readonly OutlineStatement[];
}

/** What carries attributes. */
export type OwnerOutline = NodeOutline | EdgeOutline | DefaultsOutline | DeclarationOutline;
export type OutlineStatement = OwnerOutline | SubgraphOutline;

/** What may come after the last token of the text. */
export type Tail =
  /** The text has no opening brace of a graph, or its graph is closed. */
  | { readonly expects: 'nothing' }
  | { readonly expects: 'statement' }
  /** An arrow, a block or the next statement. */
  | { readonly expects: 'after_id' }
  | { readonly expects: 'target'; readonly statement: EdgeOutline }
  | { readonly expects: 'key'; readonly statement: OwnerOutline }
  | { readonly expects: 'value'; readonly statement: OwnerOutline; readonly key: Word }
  /** A comma or the end of the block. */
  | { readonly expects: 'separator' };

export interface Outline {
  readonly name: Word | undefined;
  readonly statements: readonly OutlineStatement[];
  readonly tail: Tail;
}

/** Every statement, subgraphs before what is in them. */
export function* allStatements(
  statements: readonly OutlineStatement[],
): Generator<OutlineStatement, void> {
  // A stack and not recursion: text that is being typed may be nested without bound.
  const waiting = [...statements].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    if (next.kind === 'subgraph')
      for (const inner of [...next.statements].reverse()) waiting.push(inner);
  }
}

/** The attributes that a statement writes. */
export function attributesIn(statement: OutlineStatement): readonly OutlineAttribute[] {
  switch (statement.kind) {
    case 'node':
    case 'edge':
    case 'defaults':
      return statement.block?.attributes ?? [];
    case 'declaration':
      return [statement.attribute];
    case 'subgraph':
      return [];
    default:
      return statement satisfies never;
  }
}

/** The node ids that a statement names, in order. */
export function idsIn(statement: OutlineStatement): readonly Word[] {
  return statement.kind === 'node'
    ? [statement.id]
    : statement.kind === 'edge'
      ? statement.ids
      : [];
}

/** What the attributes of a statement belong to. */
export function scopeOf(statement: OwnerOutline): AttributeScope {
  switch (statement.kind) {
    case 'node':
    case 'edge':
      return statement.kind;
    case 'defaults':
      return statement.scope;
    case 'declaration':
      return 'graph';
    default:
      return statement satisfies never;
  }
}
