/** Changes of the text that mend a diagnostic, where one value has to be replaced by another. */
import { ATTRIBUTES, findAttribute } from '../catalogue/attributes.js';
import { DRAWING_ATTRIBUTES } from '../catalogue/graphviz-names.js';
import type { AttributeScope, AttributeSpec } from '../catalogue/attribute-spec.js';
import type { Diagnostic } from '../lint/diagnostic.js';
import { nearMatches } from '../text/suggest.js';
import { valueAsWritten } from './attribute-kinds.js';
import { nodeIds, valueText } from './nodes.js';
import { type OutlineValue, type Word, allStatements, attributesIn, scopeOf } from './outline.js';
import { outlineOf } from './read-outline.js';
import type { Span } from './tokens.js';
import { valuesOf } from './value-items.js';
import type { Vocabulary } from './vocabulary.js';

export interface QuickFix {
  /** What it does, as a sentence without a full stop. */
  readonly title: string;
  /** What is replaced. */
  readonly span: Span;
  readonly text: string;
}

/** Near names that are offered for an unknown one: the right one is among the first, or it is none of them. */
const MOST_NAMES = 3;

/**
 * Gives the changes that would mend a diagnostic of this very text, the likeliest first; none for most rules.
 */
export function quickFixes(
  source: string,
  vocabulary: Vocabulary,
): (diagnostic: Pick<Diagnostic, 'position'>) => QuickFix[] {
  const outline = outlineOf(source);
  const written = new Map<number, Written>();
  for (const statement of allStatements(outline.statements)) {
    if (statement.kind === 'subgraph') continue;
    const scope = scopeOf(statement);
    for (const { key, value } of attributesIn(statement)) {
      if (value === undefined) continue;
      written.set(key.start, { scope, key, value });
      written.set(value.start, { scope, key, value });
    }
  }
  const ids = (): readonly string[] => nodeIds(outline);
  return ({ position }) => {
    // What is wrong in another text is mended there.
    const own = position !== null && position.origin === undefined;
    const attribute = own ? written.get(position.offset) : undefined;
    return attribute === undefined ? [] : fixesOf(attribute, vocabulary, ids);
  };
}

/** An attribute with its value. */
interface Written {
  readonly scope: AttributeScope;
  readonly key: Word;
  readonly value: OutlineValue;
}

function fixesOf(
  { scope, key, value }: Written,
  vocabulary: Vocabulary,
  ids: () => readonly string[],
): QuickFix[] {
  const spec = findAttribute(scope, key.text);
  if (spec === undefined) return renames(scope, key);
  const retyped = inRightType(spec, value);
  if (retyped !== undefined) return [fix(key.text, value, retyped)];
  const names = valuesOf({ scope, key: key.text, vocabulary, ids }).map(({ text }) => text);
  const text = valueText(value);
  if (names.includes(text)) return [];
  return nearMatches(text, names)
    .slice(0, MOST_NAMES)
    .map((name) => fix(key.text, value, valueAsWritten(name)));
}

/** Near names for an attribute that is not known there; Graphviz's own are no mistakes. */
function renames(scope: AttributeScope, { text, start, end }: Word): QuickFix[] {
  if (DRAWING_ATTRIBUTES.has(text)) return [];
  const names = ATTRIBUTES.filter((spec) => spec.scope === scope).map(({ name }) => name);
  return nearMatches(text, names)
    .slice(0, MOST_NAMES)
    .map((name) => ({ title: `Write ${name}`, span: { start, end }, text: name }));
}

function fix(key: string, { start, end }: Span, text: string): QuickFix {
  return { title: `Write ${key}=${text}`, span: { start, end }, text };
}

/** The value in the type that is read, when what is meant is plain. */
function inRightType({ type, values }: AttributeSpec, value: OutlineValue): string | undefined {
  const text = valueText(value).trim();
  switch (type) {
    case 'boolean': {
      const word = text.toLowerCase();
      const isBoolean = word === 'true' || word === 'false';
      return isBoolean && (value.kind === 'text' || text !== word) ? word : undefined;
    }
    case 'integer':
      return value.kind === 'text' && /^-?\d+$/.test(text) ? text : undefined;
    case 'number':
      return value.kind === 'text' && /^-?\d*\.?\d+$/.test(text) ? text : undefined;
    case 'duration':
      // A bare number is seconds to whoever writes it without a unit.
      return /^\d+$/.test(text) ? `${text}s` : undefined;
    case 'text': {
      const isOther = value.kind === 'word' && /^(-?\d*\.?\d+|true|false)$/.test(text);
      return isOther && values === undefined ? `"${text}"` : undefined;
    }
    default:
      return type satisfies never;
  }
}
