/** Where what a place names is written. */
import { nodeReference, textReference, workflowReference } from './attribute-kinds.js';
import { declarationsOf, valueText } from './nodes.js';
import { scopeOf } from './outline.js';
import { placeAt } from './place.js';
import { outlineOf } from './read-outline.js';
import type { Span } from './tokens.js';

/** Something named, with the span that names it. */
export type Definition =
  | {
      readonly kind: 'nodes';
      readonly origin: Span;
      /** The statements about the node, else where an edge names it first. */
      readonly spans: readonly Span[];
    }
  | {
      readonly kind: 'file';
      readonly origin: Span;
      /** As written, without `@`; relative to the workflow's folder. */
      readonly reference: string;
      /** A workflow, or a text that an attribute holds. */
      readonly content: 'workflow' | 'text';
    };

/** What the place at `offset` leads to; undefined where it names nothing. Never throws. */
export function definitionAt(source: string, offset: number): Definition | undefined {
  const outline = outlineOf(source);
  const place = placeAt(outline, offset);
  if (place === undefined || place.kind === 'subgraph' || place.kind === 'key') return undefined;
  const nodes = (id: string, origin: Span): Definition | undefined => {
    const spans = declarationsOf(outline, id);
    return spans.length === 0 ? undefined : { kind: 'nodes', origin, spans };
  };
  if (place.kind === 'node') return nodes(place.id.text, place.id);
  const { attribute, statement } = place;
  const { key, value } = attribute;
  if (value === undefined) return undefined;
  const scope = scopeOf(statement);
  const text = valueText(value).trim();
  if (nodeReference(scope, key.text)) return nodes(text, value);
  if (workflowReference(scope, key.text) && text !== '')
    return { kind: 'file', origin: value, reference: text, content: 'workflow' };
  if (textReference(scope, key.text) && text.startsWith('@') && text.length > 1)
    return { kind: 'file', origin: value, reference: text.slice(1).trim(), content: 'text' };
  return undefined;
}
