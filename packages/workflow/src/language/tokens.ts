/**
 * Workflow text as words and signs, for editors: unlike the parser it takes any text, also one that is being
 * typed, and it never throws. Time is linear in the length of the text.
 */
import { isBlank, isDigit, isIdentPart } from '../dot/characters.js';

/** A part of the text, from `start` up to and without `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

type TokenKind =
  /** A name, number, duration or bare value: letters, digits, `_`, `.` and `-`. */
  | 'word'
  /** Quoted text with its quotes. */
  | 'text'
  /** `{{ … }}`, `{% … %}` or `{# … #}` outside of quotes. */
  | 'template'
  | 'comment'
  | 'arrow'
  /** Any other single character. */
  | 'sign';

export interface Token extends Span {
  readonly kind: TokenKind;
  /** What is written; of quoted text, what stands between the quotes. */
  readonly text: string;
  /** False for quoted text, a comment or a template that goes to the end of the text without its end. */
  readonly closed: boolean;
}

/** The tokens of a text in order, comments included; what lies between them is blank. */
export function tokenizeDot(source: string): Token[] {
  const tokens: Token[] = [];
  for (let offset = 0; offset < source.length;) {
    if (isBlank(source.charCodeAt(offset)) || source.charCodeAt(offset) === 0xfeff) {
      offset++;
      continue;
    }
    const token = tokenAt(source, offset);
    tokens.push(token);
    offset = token.end;
  }
  return tokens;
}

/** What begins and ends a token that may hold anything. A line comment needs no end. */
const ENCLOSED = [
  { open: '//', close: '\n', kind: 'comment' },
  { open: '/*', close: '*/', kind: 'comment' },
  { open: '{{', close: '}}', kind: 'template' },
  { open: '{%', close: '%}', kind: 'template' },
  { open: '{#', close: '#}', kind: 'template' },
] as const;

function tokenAt(source: string, start: number): Token {
  const first = source.charAt(start);
  if (first === '"') return quoted(source, start);
  if (first === '/' || first === '{') {
    const found = ENCLOSED.find(({ open }) => source.startsWith(open, start));
    if (found !== undefined) return enclosed(source, start, found);
  }
  if (source.startsWith('->', start))
    return { kind: 'arrow', text: '->', start, end: start + 2, closed: true };
  const end = endOfWord(source, start);
  if (end > start)
    return { kind: 'word', text: source.slice(start, end), start, end, closed: true };
  return { kind: 'sign', text: first, start, end: start + 1, closed: true };
}

function quoted(source: string, start: number): Token {
  let end = start + 1;
  while (end < source.length && source.charAt(end) !== '"')
    end += source.charAt(end) === '\\' ? 2 : 1;
  const closed = end < source.length;
  end = Math.min(end, source.length);
  const text = source.slice(start + 1, end);
  return { kind: 'text', text, start, end: closed ? end + 1 : end, closed };
}

function enclosed(source: string, start: number, { open, close, kind }: EnclosedForm): Token {
  const found = source.indexOf(close, start + open.length);
  const lineComment = close === '\n';
  const end = found === -1 ? source.length : found + (lineComment ? 0 : close.length);
  return { kind, text: source.slice(start, end), start, end, closed: found !== -1 || lineComment };
}
type EnclosedForm = (typeof ENCLOSED)[number];

/** A minus belongs to a word that goes on after it, or begins a number; `a->b` is three tokens. */
function endOfWord(source: string, start: number): number {
  let end = start;
  for (;;) {
    const code = source.charCodeAt(end);
    const after = source.charCodeAt(end + 1);
    const dash = source.charAt(end) === '-';
    if (isIdentPart(code)) end++;
    else if (source.charAt(end) === '.' && (end > start || isDigit(after))) end++;
    else if (dash && (end > start ? after !== 0x3e : isDigit(after))) end++;
    else return end;
  }
}
