/** What stands at a place in a workflow's text, and what may be written there. */
import {
  type Outline,
  type OutlineAttribute,
  type OwnerOutline,
  type SubgraphOutline,
  type Tail,
  type Word,
  allStatements,
  attributesIn,
  idsIn,
} from './outline.js';
import { outlineOf } from './read-outline.js';
import { type Span, type Token, tokenizeDot } from './tokens.js';

/** The element at a place, for whoever asks about what is written there. */
export type Place =
  | {
      readonly kind: 'key' | 'value';
      readonly statement: OwnerOutline;
      readonly attribute: OutlineAttribute;
    }
  | { readonly kind: 'node'; readonly id: Word; readonly statement: OwnerOutline }
  | { readonly kind: 'subgraph'; readonly statement: SubgraphOutline };

/** What is written at `offset`; a name counts up to the place behind its last character. */
export function placeAt(outline: Outline, offset: number): Place | undefined {
  for (const statement of allStatements(outline.statements)) {
    if (!holds(statement, offset)) continue;
    if (statement.kind === 'subgraph') {
      const word = statement.name ?? {
        start: statement.start,
        end: statement.start + 'subgraph'.length,
      };
      if (holds(word, offset)) return { kind: 'subgraph', statement };
      continue;
    }
    const id = idsIn(statement).find((word) => holds(word, offset));
    if (id !== undefined) return { kind: 'node', id, statement };
    const attribute = attributesIn(statement).find((candidate) => holds(candidate, offset));
    if (attribute === undefined) continue;
    if (holds(attribute.key, offset)) return { kind: 'key', statement, attribute };
    if (attribute.value !== undefined && holds(attribute.value, offset))
      return { kind: 'value', statement, attribute };
  }
  return undefined;
}

function holds({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}

/** What is being typed at a place. */
export interface Typing {
  readonly tail: Tail;
  /** What has been typed of it already. */
  readonly partial: string;
  /** What a completion replaces: what has been typed, and what goes on without a break behind the cursor. */
  readonly span: Span;
  /** True inside of quotes. */
  readonly quoted: boolean;
}

/** What may go on behind the cursor of a word, and of a word inside of quotes. */
const REST_OF_WORD = /(?:[A-Za-z0-9_.]|-(?!>))*/y;
const REST_OF_QUOTED = /[A-Za-z0-9_.:/-]*/y;

/**
 * What is being typed at `offset`: only the text before it decides, so that nothing behind the cursor, however
 * broken, disturbs. Undefined inside of comments and templates.
 */
export function typingAt(source: string, offset: number): Typing | undefined {
  const tokens = tokenizeDot(source.slice(0, offset));
  const last = tokens.at(-1);
  const touches = last?.end === offset;
  if (last === undefined || !touches || isSettled(last))
    return typing(tokens, { partial: '', start: offset, quoted: false }, { source, offset });
  if (last.kind === 'comment' || last.kind === 'template') return undefined;
  const quoted = last.kind === 'text';
  const start = quoted ? last.start + 1 : last.start;
  return typing(tokens.slice(0, -1), { partial: last.text, start, quoted }, { source, offset });
}

/** True for a token that cannot be what is being typed. */
function isSettled(token: Token): boolean {
  switch (token.kind) {
    case 'word':
      return false;
    case 'text':
    case 'template':
      return token.closed;
    case 'comment':
      return token.closed && token.text.startsWith('/*');
    case 'arrow':
    case 'sign':
      return true;
    default:
      return token.kind satisfies never;
  }
}

function typing(
  before: readonly Token[],
  { partial, start, quoted }: { partial: string; start: number; quoted: boolean },
  { source, offset }: { source: string; offset: number },
): Typing {
  const { tail } = outlineOf(before);
  const rest = quoted ? REST_OF_QUOTED : REST_OF_WORD;
  rest.lastIndex = offset;
  // In front of a word and with nothing typed, a new attribute or statement is meant, not another word.
  const isNew = partial === '' && (tail.expects === 'key' || tail.expects === 'statement');
  const end = isNew ? offset : offset + (rest.exec(source)?.[0].length ?? 0);
  return { tail, partial, span: { start, end }, quoted };
}
