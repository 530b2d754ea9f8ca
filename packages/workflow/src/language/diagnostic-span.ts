/** How far a diagnostic reaches: it knows where it begins, an editor wants to underline what it is about. */
import type { Diagnostic } from '../lint/diagnostic.js';
import { type OutlineStatement, type Word, allStatements, attributesIn, idsIn } from './outline.js';
import { outlineOf } from './read-outline.js';
import type { Span } from './tokens.js';

/** Gives the span of each diagnostic of a text; one without a place is about the first word of the text. */
export function diagnosticSpans(source: string): (diagnostic: Diagnostic) => Span {
  const starts = new Map<number, Span>();
  /** The next node of a chain, by where the one before it begins. */
  const targets = new Map<number, Word>();
  for (const statement of allStatements(outlineOf(source).statements)) {
    for (const span of spansIn(statement)) starts.set(span.start, span);
    let before: Word | undefined;
    for (const id of idsIn(statement)) {
      if (before !== undefined) targets.set(before.start, id);
      before = id;
    }
  }
  return ({ position, edge }) => {
    const offset = Math.min(position?.offset ?? firstWord(source), source.length);
    const target = targets.get(offset);
    if (edge !== null && target?.text === edge[1]) return { start: offset, end: target.end };
    return starts.get(offset) ?? wordAt(source, offset);
  };
}

/** What a diagnostic may begin with: an attribute, a value, a name. */
function* spansIn(statement: OutlineStatement): Generator<Span, void> {
  yield* idsIn(statement);
  for (const attribute of attributesIn(statement)) {
    if (attribute.value !== undefined) yield attribute.value;
    yield attribute;
  }
}

function firstWord(source: string): number {
  return Math.max(0, source.search(/\S/));
}

/** The word, or the one character, at a place; nothing at the end of the text. */
function wordAt(source: string, offset: number): Span {
  const word = /[A-Za-z0-9_]+|[^\r\n]/uy;
  word.lastIndex = offset;
  return { start: offset, end: offset + (word.exec(source)?.[0].length ?? 0) };
}
